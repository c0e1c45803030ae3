import type { KeepPosts } from '@updraft/store';

/** Keeps the posts that each of these keeps. Each is asked only for what those before it left. */
export function keepAll(keeps: readonly KeepPosts[]): KeepPosts {
  return async (posts) => {
    let rest = posts;
    for (const keep of keeps) {
      const kept = await keep(rest);
      rest = rest.filter(({ uri }) => kept.has(uri));
    }
    return new Set(rest.map(({ uri }) => uri));
  };
}
