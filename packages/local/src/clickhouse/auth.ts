import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ClickHouseException } from './errors.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Throws AUTHENTICATION_FAILED unless the request bears `expected`; with none expected, `default` has no password. */
export function authenticate(
  headers: IncomingMessage['headers'],
  url: URLSearchParams,
  expected: Credentials | undefined,
): void {
  const given = readCredentials(headers, url);
  const user = expected?.user ?? 'default';
  const isUser = given !== undefined && given.user === user;
  if (isUser && (expected === undefined || isSame(given.password, expected.password))) return;
  throw new ClickHouseException(
    516,
    'AUTHENTICATION_FAILED',
    `${given?.user ?? 'default'}: Authentication failed: password is incorrect, or there is no user with such name.`,
  );
}

/** Undefined for a scheme that is not known. As in ClickHouse: X-ClickHouse-User and -Key, basic auth, then the URL. */
function readCredentials(headers: IncomingMessage['headers'], url: URLSearchParams): Credentials | undefined {
  const user = headers['x-clickhouse-user'];
  const key = headers['x-clickhouse-key'];
  if (user !== undefined || key !== undefined) {
    return { user: String(user ?? 'default'), password: String(key ?? '') };
  }
  const authorization = headers.authorization;
  if (authorization !== undefined) {
    const encoded = /^Basic\s+([\w+/=-]+)\s*$/i.exec(authorization)?.[1];
    if (encoded === undefined) return undefined;
    const [name = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
    return { user: name === '' ? 'default' : name, password: password.join(':') };
  }
  return { user: url.get('user') ?? 'default', password: url.get('password') ?? '' };
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
