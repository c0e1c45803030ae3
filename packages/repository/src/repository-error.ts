/** A server sent a repository that is faulty or too large; the message, a sentence for its reader, says how. */
export class RepositoryError extends Error {
  override name = 'RepositoryError';
}
