import { readPost } from '@updraft/atproto';
import { collectionRange, type Repository, RepositoryError } from '@updraft/repository';

/** Whether a post is in a thread that its author began. */
export type IsInOwnThread = (rkey: string, post: unknown) => boolean;

const POST = 'app.bsky.feed.post';
/** More would not fit into the memory of the thread that reads a repository. */
const MAX_THREADS = 100_000;

/**
 * An own thread begins with a post of the account, and has at least two of its posts: the first one and replies anywhere below
 * it. The first post counts only while it exists; posts of others never count.
 */
export function findOwnThreads(repository: Repository): IsInOwnThread {
  const replies = new Map<string, number>();
  for (const { rkey, value } of repository.records(collectionRange(POST))) {
    const root = ownRoot(repository.did, value);
    if (root === undefined || root === rkey) continue;
    replies.set(root, (replies.get(root) ?? 0) + 1);
    if (replies.size > MAX_THREADS)
      throw new RepositoryError(`the account has more than ${MAX_THREADS} threads, too many to keep them`);
  }
  for (const [root, count] of replies) {
    if (count < 2 && !repository.has(`${POST}/${root}`)) replies.delete(root);
  }
  return (rkey, post) => replies.has(rkey) || replies.has(ownRoot(repository.did, post) ?? '');
}

/** The key of the account's post that this one's thread begins with; undefined when another account began it. */
function ownRoot(did: string, post: unknown): string | undefined {
  const root = readPost(post).rootUri;
  const prefix = `at://${did}/${POST}/`;
  return root.startsWith(prefix) ? root.slice(prefix.length) : undefined;
}
