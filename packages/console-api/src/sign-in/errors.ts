import { namedError } from '@updraft/service';

/** No account has this name. */
export class AccountUnknownError extends namedError(400, 'AccountUnknown') {}
/** The account's server can't be reached, or does not take part. */
export class AccountServerError extends namedError(502, 'AccountServerUnavailable') {}
/** This service can't sign anybody in as it is set up. */
export class SignInOffError extends namedError(503, 'SignInOff') {}
