/** A build as the world knows it. */
export interface KnownBuild {
  readonly alias: string;
  readonly id: string;
  readonly uris: readonly string[];
}

/** Where a page begins: what a cursor says, or the top of a build. */
export interface Place {
  readonly build: KnownBuild;
  readonly offset: number;
}

/** A page as it came, or as it has to be. */
export interface GivenPage {
  readonly uris: readonly string[];
  /** Of the page after it; undefined at the end. */
  readonly next: { readonly buildId: string; readonly offset: number; readonly lastUri: string } | undefined;
}

/** The page that has to come: a slice of the build, without what is hidden. */
export function expectedPage({ build, offset }: Place, limit: number, isHidden: (uri: string) => boolean): GivenPage {
  const left = build.uris
    .map((uri, index) => ({ uri, index }))
    .filter(({ uri, index }) => index >= offset && !isHidden(uri));
  const page = left.slice(0, limit);
  const [following, last] = [left[limit], page.at(-1)];
  return {
    uris: page.map(({ uri }) => uri),
    next:
      following === undefined || last === undefined
        ? undefined
        : { buildId: build.id, offset: following.index, lastUri: last.uri },
  };
}

/** Where a page begins whose build is gone everywhere: after the last post that was given, or at the end. */
export function placeAfter(build: KnownBuild, lastUri: string): Place {
  const index = build.uris.indexOf(lastUri);
  return { build, offset: index < 0 ? build.uris.length : index + 1 };
}

/** What a cursor says. */
export function readCursor(cursor: string): NonNullable<GivenPage['next']> {
  const [, , buildId = '', offset = '', lastUri = ''] = Buffer.from(cursor, 'base64url').toString('latin1').split('|');
  return { buildId, offset: Number(offset), lastUri };
}
