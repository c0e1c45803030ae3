import type { SignIn } from '@updraft/console-api';

/** Who asks is said by the request's header `as`: nobody, a person, or an operator. */
export const testSignIn: SignIn = {
  who: async ({ headers }) => {
    const who = headers['as'];
    if (who === undefined) return undefined;
    const roles = { isOperator: who === 'operator', hostOf: ['club'], moderatorOf: [] };
    return { sessionId: 'session', did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', roles };
  },
  addRoutes: () => {},
  grants: { peek: async () => undefined, take: async () => undefined },
};

export const AS_OPERATOR = { as: 'operator' };
