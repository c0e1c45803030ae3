/** A failure of the set-up that a person can act on: what happened, and what to do about it. */
export class SetupFailure extends Error {
  /**
   * @param {string} message what happened, one sentence
   * @param {string} advice what to do, one sentence
   */
  constructor(message, advice) {
    super(message);
    this.name = 'SetupFailure';
    this.advice = advice;
  }
}
