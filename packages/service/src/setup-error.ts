/**
 * The service can't start, or can't continue, until a person changes something: an address, a password, a port. The
 * message is one clear sentence that names it; runService prints it without a stack and exits with code 1.
 */
export class SetupError extends Error {
  override name = 'SetupError';
}
