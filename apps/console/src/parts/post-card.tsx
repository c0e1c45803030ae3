import { formatAge, formatCount, formatTime } from '../data/format.ts';
import { accountPage, type Post, postPage } from '../data/post.ts';

/** A post. Its text is a stranger's: it is shown as text only, kept in its own direction and cut where it grows too long. */
export function PostCard({ post }: { post: Post }) {
  const page = postPage(post.uri);
  return (
    <article class="card">
      <header>
        <a href={accountPage(post.did)} rel="noreferrer nofollow" target="_blank">
          <bdi>{post.handle === undefined ? post.did : `@${post.handle}`}</bdi>
        </a>
        <time dateTime={post.created_at} title={formatTime(post.created_at)}>
          {formatAge(post.created_at)}
        </time>
      </header>
      <p class="text" dir="auto" lang={post.langs[0]}>
        {post.text}
      </p>
      <footer class="quiet">
        {post.parent_uri === '' ? null : <Link uri={post.parent_uri}>reply</Link>}
        {post.quote_uri === '' ? null : <Link uri={post.quote_uri}>quotes a post</Link>}
        {post.has_embedded_media ? <span>media</span> : null}
        {post.num_likes === undefined ? null : <span>{formatCount(post.num_likes)} likes</span>}
        {page === undefined ? null : <Link uri={post.uri}>open in Bluesky</Link>}
      </footer>
    </article>
  );
}

function Link({ uri, children }: { uri: string; children: string }) {
  const page = postPage(uri);
  if (page === undefined) return <span>{children}</span>;
  return (
    <a href={page} rel="noreferrer nofollow" target="_blank">
      {children}
    </a>
  );
}
