/** A failure that a person can do something about. */
export class SetupFailure extends Error {
  /**
   * @param {string} message what happened, one sentence
   * @param {string} advice what to do, one sentence
   * @param {number} exitCode 1: it failed; 2: the command line was not understood
   */
  constructor(message, advice, exitCode = 1) {
    super(message);
    this.name = 'SetupFailure';
    this.advice = advice;
    this.exitCode = exitCode;
  }
}
