import type { Build, FeedPost } from '../builds/build.ts';
import type { PersonalBuild } from '../personal/personal-build.ts';

/** Where a post stood on a page, and why: what an app sends back with what its reader did. Of the page, whose posts are consecutive. */
export interface PageContext {
  readonly build: Build;
  /** In the build, where the page begins. */
  readonly offset: number;
  readonly variant: string;
  /** The page is of the feed that a personal one falls back to. */
  readonly isFallback?: boolean;
}

/** The AppView refuses a page in which one is longer. */
const MAX_BYTES = 2_000;

/**
 * `position=1;build=…;variant=…;reason=…` for each of the page's posts, without `|`. The position counts the page's posts from the build's
 * place where it begins, from 1 on, as the statistics do.
 */
export function feedContexts(
  { build, offset, variant, isFallback }: PageContext,
  posts: readonly FeedPost[],
): string[] {
  const before = `build=${build.id};variant=${variant}`;
  const reasons = isPersonalBuild(build) ? reasonsOf(build, offset, posts) : [];
  return posts.map((_, index) => {
    const why = isFallback === true ? 'fallback' : reasons[index];
    const reason = why === undefined ? '' : `;reason=${why}`;
    return bounded(`position=${offset + index + 1};${before}${reason}`);
  });
}

function isPersonalBuild(build: Build): build is PersonalBuild {
  return 'reasonOf' in build;
}

/** Posts of the build that the page left out lie between. */
function reasonsOf(build: PersonalBuild, offset: number, posts: readonly FeedPost[]): string[] {
  let place = offset;
  return posts.map((post) => {
    while (place < build.posts.length && build.posts[place] !== post) place += 1;
    return build.reasonOf(place).replaceAll('|', '/');
  });
}

function bounded(text: string): string {
  if (text.length <= MAX_BYTES / 3) return text; // no character of UTF-16 takes more than three bytes
  const bytes = Buffer.from(text).subarray(0, MAX_BYTES);
  return bytes.toString().replace(/\uFFFD+$/, ''); // a character that was cut
}
