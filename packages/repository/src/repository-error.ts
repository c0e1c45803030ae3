/** What is wrong with a repository that its server sent; the message is for whoever asked for it. */
export class RepositoryError extends Error {
  override name = 'RepositoryError';
}
