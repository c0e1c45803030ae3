import { readPost } from '@updraft/atproto';
import { type Repository, RepositoryError } from '@updraft/repository';

/** Whether a post stands in a thread of its author's own. */
export type IsInOwnThread = (rkey: string, post: unknown) => boolean;

const POST = 'app.bsky.feed.post';
/** `0` is the character behind `/`: a key may begin with any other. */
const POSTS = { from: `${POST}/`, to: `${POST}0` };
/** What a thread that reads a repository has memory for. */
const MAX_THREADS = 100_000;

/**
 * A thread of one's own begins with an own post, and at least two own posts stand in it: the first one and own replies below
 * it, also those to others' replies. The first post counts only while it is there; others' posts never count.
 */
export function findOwnThreads(repository: Repository): IsInOwnThread {
  const replies = new Map<string, number>();
  for (const { rkey, value } of repository.records(POSTS)) {
    const root = ownRoot(repository.did, value);
    if (root === undefined || root === rkey) continue;
    replies.set(root, (replies.get(root) ?? 0) + 1);
    if (replies.size > MAX_THREADS) throw new RepositoryError(`more than ${MAX_THREADS} threads can not be kept`);
  }
  for (const [root, count] of replies) {
    if (count < 2 && !repository.has(`${POST}/${root}`)) replies.delete(root);
  }
  return (rkey, post) => replies.has(rkey) || replies.has(ownRoot(repository.did, post) ?? '');
}

/** The key of the own post that this one's thread begins with. */
function ownRoot(did: string, post: unknown): string | undefined {
  const root = readPost(post).rootUri;
  const prefix = `at://${did}/${POST}/`;
  return root.startsWith(prefix) ? root.slice(prefix.length) : undefined;
}
