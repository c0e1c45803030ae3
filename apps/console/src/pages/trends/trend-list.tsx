import { formatCount } from '../../data/format.ts';
import { tameName } from '../../data/tame.ts';
import { againstUsual, shownTerm, type Trend } from './trend-terms.ts';
import '../../parts/meter.css';

interface TrendListProps {
  readonly trends: readonly Trend[];
  readonly chosen: Trend;
  readonly choose: (term: string) => void;
}

/** The trends in their order. The bar is the accounts, compared with those of the largest. */
export function TrendList({ trends, chosen, choose }: TrendListProps) {
  const most = Math.max(...trends.map(({ accounts }) => accounts));
  return (
    <ol class="trend-list" aria-label="Trends">
      {trends.map((trend) => (
        <li key={trend.term}>
          <button type="button" aria-pressed={trend === chosen} onClick={() => choose(trend.term)}>
            <bdi class="term">{tameName(shownTerm(trend))}</bdi>
            <span class="accounts">{formatCount(trend.accounts)} accounts</span>
            <span class="usual quiet">{againstUsual(trend)}</span>
            <meter min={0} max={most} value={trend.accounts} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ol>
  );
}
