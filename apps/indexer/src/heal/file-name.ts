/** A prefix as part of a file's name: indexers of different prefixes run at the same time. */
export function fileName(prefix: string): string {
  return prefix.replaceAll(/[^\w.-]/g, '-');
}
