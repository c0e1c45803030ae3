import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isSecret } from './secrets.ts';

/** A cookie that holds a secret, for this host alone and out of reach of scripts. */
export interface SecretCookie {
  read(request: FastifyRequest): string | undefined;
  set(reply: FastifyReply, secret: string, maxAgeS: number): void;
  clear(reply: FastifyReply): void;
}

/** With https its name begins with `__Host-`, so that no neighbouring host can set it. */
export function createCookie(name: string, isSecure: boolean): SecretCookie {
  const fullName = isSecure ? `__Host-${name}` : name;
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure } as const;
  const write = (reply: FastifyReply, value: string, maxAge: number) =>
    void reply.header('set-cookie', stringifySetCookie({ ...options, name: fullName, value, maxAge }));
  return {
    read: ({ headers }) => {
      const value = headers.cookie === undefined ? undefined : parseCookie(headers.cookie)[fullName];
      return isSecret(value) ? value : undefined;
    },
    set: write,
    clear: (reply) => write(reply, '', 0),
  };
}
