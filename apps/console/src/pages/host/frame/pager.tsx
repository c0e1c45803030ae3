import { formatCount } from '../../../data/format.ts';

interface PagerProps {
  readonly page: number;
  /** Undefined where the server does not count them: `hasMore` says whether there is another. */
  readonly totalPages?: number;
  readonly hasMore?: boolean;
  readonly to: (page: number) => string;
}

/** The way between the pages of a list. */
export function Pager({ page, totalPages, hasMore = page < (totalPages ?? 0), to }: PagerProps) {
  if (page === 1 && !hasMore) return null;
  return (
    <nav class="pager" aria-label="Pages of the list">
      {page > 1 ? <a href={to(page - 1)}>Before</a> : <span class="quiet">Before</span>}
      <span>
        Page {formatCount(page)}
        {totalPages === undefined ? '' : ` of ${formatCount(totalPages)}`}
      </span>
      {hasMore ? <a href={to(page + 1)}>Next</a> : <span class="quiet">Next</span>}
    </nav>
  );
}
