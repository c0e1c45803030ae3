import type { CleanupType, KeepReason } from '@updraft/console-api/views';
import { formatCount } from '../../data/format.ts';

/** In the order in which they are shown. */
export const TYPE_WORDS: Readonly<Record<CleanupType, { readonly title: string; readonly hint: string }>> = {
  post: { title: 'Posts', hint: 'without pictures or video of their own; quotes and links don’t count as media' },
  post_with_media: { title: 'Posts with media', hint: 'pictures or video' },
  repost: { title: 'Reposts', hint: '' },
  like: { title: 'Likes', hint: '' },
};
export const TYPES = Object.keys(TYPE_WORDS) as CleanupType[];

const list = new Intl.ListFormat('en');

/** Such as `posts and likes`. */
export function typesInWords(types: readonly CleanupType[]): string {
  return list.format(types.map((type) => TYPE_WORDS[type].title.toLowerCase()));
}

/** Such as `one record`, or `1,234 records`. */
export function recordsOf(count: number): string {
  return count === 1 ? 'one record' : `${formatCount(count)} records`;
}

export const REASON_WORDS: Readonly<Record<KeepReason, string>> = {
  pinned: 'Pinned to the profile',
  thread: 'In a thread of your own',
  liked: 'Liked often enough',
  likes_unknown: 'Likes can’t be counted: the index does not have the post, or not all of its likes',
  listed: 'Named by you',
  unknown_media: 'Something attached that may be media',
};
export const REASONS = Object.keys(REASON_WORDS) as KeepReason[];
