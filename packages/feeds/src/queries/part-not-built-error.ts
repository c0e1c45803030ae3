/** A union needs a feed that has no build yet. */
export class PartNotBuiltError extends Error {
  override name = 'PartNotBuiltError';
  readonly alias: string;

  constructor(alias: string) {
    super(`the feed ${alias} has no build yet`);
    this.alias = alias;
  }
}
