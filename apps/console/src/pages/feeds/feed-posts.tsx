import type { FeedPageView, FeedView } from '@updraft/console-api/views';
import { useMemo } from 'preact/hooks';
import { useApiUrl } from '../../data/config.tsx';
import { usePages } from '../../data/use-pages.ts';
import { Button } from '../../parts/button.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Notice } from '../../parts/notice.tsx';
import { PostCards } from '../../parts/post-cards.tsx';

/** The posts of a feed's current build, page by page. Says when a newer build is there, and shows it when asked to. */
export function FeedPosts({ feed }: { feed: FeedView }) {
  const apiUrl = useApiUrl();
  const first = `/api/feeds/posts?${new URLSearchParams({ feed: feed.name })}`;
  const { pages, error, isBusy, hasMore, more, again } = usePages<FeedPageView>(apiUrl('feedgen', first), feed.builtAt);
  const posts = useMemo(() => pages.flatMap((page) => page.posts), [pages]);
  const uris = useMemo(() => [...new Set(posts.map(({ uri }) => uri))], [posts]);
  const pinned = useMemo(() => new Set(posts.filter(({ isPinned }) => isPinned).map(({ uri }) => uri)), [posts]);
  return (
    <>
      <Notice error={error} hasValue={pages.length > 0} />
      <div class="newer" role="status">
        {again === undefined ? null : <Button onClick={again}>A newer build is there: show it</Button>}
      </div>
      {pages.length > 0 && uris.length === 0 ? <EmptyState title="This feed has no posts just now" /> : null}
      <PostCards
        uris={uris}
        foot={({ uri }) => (pinned.has(uri) ? <span>pinned</span> : null)}
        after={
          hasMore ? (
            <Button isBusy={isBusy} onClick={more}>
              Show more
            </Button>
          ) : null
        }
      />
    </>
  );
}
