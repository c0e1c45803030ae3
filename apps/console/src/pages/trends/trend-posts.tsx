import { tameName } from '../../data/tame.ts';
import { PostCards } from '../../parts/post-cards.tsx';
import { queryOf, shownTerm, type Trend } from './trend-terms.ts';

/** The newest posts of a trend, of different accounts, and the way to all of them. */
export function TrendPosts({ trend }: { trend: Trend }) {
  return (
    <section class="trend-posts" aria-label="Posts of the trend">
      <div class="trend-head">
        <h2>
          <bdi>{tameName(shownTerm(trend))}</bdi>
        </h2>
        <a href={`/console/search?${new URLSearchParams({ q: queryOf(trend) })}`}>Search its posts</a>
      </div>
      <PostCards uris={trend.posts} />
    </section>
  );
}
