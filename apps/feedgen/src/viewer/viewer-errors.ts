import { AuthenticationRequiredError, type ErrorKind, namedError, XrpcError } from '@updraft/service';
import { TOKEN_FAULTS, type TokenFault } from './service-token.ts';

export class IdentityUnavailableError extends namedError(503, 'IdentityUnavailable') {}

/** A viewer's token that is not good. */
export class BadTokenError extends XrpcError {
  override name = 'BadTokenError';

  constructor({ error, message }: TokenFault) {
    const description = message.replaceAll('"', "'");
    super(401, error, message, {
      'www-authenticate': `Bearer error="invalid_token", error_description="${description}"`,
    });
  }
}

/** Nobody has signed in. */
export class SignInRequiredError extends AuthenticationRequiredError {
  constructor(message: string) {
    super(message, { headers: { 'www-authenticate': 'Bearer' } });
  }
}

/** What a route may answer when it asks who its viewer is. */
export const VIEWER_ERRORS: readonly ErrorKind[] = [
  AuthenticationRequiredError,
  ...TOKEN_FAULTS.map((error) => ({ status: 401, error })),
  IdentityUnavailableError,
];
