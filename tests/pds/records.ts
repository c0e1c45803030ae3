/** Records that people make, of the words of a small language: so that searches find some of them, and not all. */

export type Dice = (below: number) => number;

export const POST = 'app.bsky.feed.post';
export const LIKE = 'app.bsky.feed.like';
export const REPOST = 'app.bsky.feed.repost';
export const FOLLOW = 'app.bsky.graph.follow';
export const BLOCK = 'app.bsky.graph.block';
export const PROFILE = 'app.bsky.actor.profile';

export interface Ref {
  readonly uri: string;
  readonly cid: string;
}

/** What a record may speak of. */
export interface Surroundings {
  /** Posts that were made, some of them gone. */
  readonly posts: readonly Ref[];
  readonly dids: readonly string[];
}

export const WORDS = ['harbour', 'lantern', 'Möwe', 'kelp', 'tide', 'anchor', 'маяк', 'rope', 'squall', 'deck'];

export type Value = Record<string, unknown>;

/** A record of the collection; undefined where there is nothing yet that it could speak of. */
export function recordOf(collection: string, around: Surroundings, dice: Dice): Value | undefined {
  const createdAt = new Date().toISOString();
  const subject = pick(around.posts, dice);
  const did = pick(around.dids, dice);
  switch (collection) {
    case POST:
      return { $type: POST, text: textOf(dice), createdAt, langs: ['en'], ...partsOf(around, dice) };
    case PROFILE:
      return { $type: PROFILE, displayName: textOf(dice), description: textOf(dice), createdAt };
    case FOLLOW:
    case BLOCK:
      return did === undefined ? undefined : { $type: collection, subject: did, createdAt };
    default:
      return subject === undefined ? undefined : { $type: collection, subject, createdAt };
  }
}

/** A post of pictures: up to four as always, more as clients make it since June 2026. */
export function picturePost(images: readonly unknown[], isGallery: boolean, dice: Dice): Value {
  const name = isGallery ? 'gallery' : 'images';
  const items = images.map((image) => ({
    ...(isGallery && { $type: 'app.bsky.embed.gallery#image' }),
    image,
    alt: textOf(dice),
    aspectRatio: { width: 1, height: 1 },
  }));
  const embed = { $type: `app.bsky.embed.${name}`, [isGallery ? 'items' : 'images']: items };
  return { $type: POST, text: textOf(dice), createdAt: new Date().toISOString(), embed };
}

function partsOf({ posts }: Surroundings, dice: Dice): Value {
  const other = pick(posts, dice);
  if (other === undefined || dice(3) === 0) return {};
  const record = { $type: 'app.bsky.embed.record', record: other };
  return pick<Value>(
    [
      {},
      { reply: { parent: other, root: pick(posts, dice) ?? other } },
      { embed: record },
      {
        embed: {
          $type: 'app.bsky.embed.external',
          external: { uri: 'https://a.example', title: 't', description: 'd' },
        },
      },
    ],
    dice,
  ) as Value;
}

function textOf(dice: Dice): string {
  return Array.from({ length: 1 + dice(4) }, () => pick(WORDS, dice)).join(' ');
}

export function pick<T>(list: readonly T[], dice: Dice): T | undefined {
  return list[dice(Math.max(1, list.length))];
}
