import { useMemo, useState } from 'preact/hooks';
import { serverNow } from '../../data/clock.ts';
import { formatCount } from '../../data/format.ts';
import { Button } from '../../parts/button.tsx';
import { Chart } from '../../parts/chart.tsx';
import { Table } from '../../parts/table.tsx';
import {
  type CollectionDay,
  type CollectionStats,
  type CollectionTotal,
  collectionTotals,
  daysOfCollection,
} from './collection-totals.ts';
import { dayTimes, lastDays, withDaysBetween } from './network-days.ts';
import './network.css';

const FEW = 10;
const COLUMNS = [
  { title: 'Collection' },
  { title: 'Created', isNumber: true },
  { title: 'Updated', isNumber: true },
  { title: 'Deleted', isNumber: true },
];

/** Operations by collection, of any app of the network; one of them by day. */
export function Collections({ stats: value }: { stats: CollectionStats | undefined }) {
  const [chosen, setChosen] = useState<string>();
  const [isWhole, setWhole] = useState(false);
  const updatedAt = value?.updated_at;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer with the same time is the same
  const days = useMemo(
    () =>
      withDaysBetween(lastDays(value?.days ?? [], serverNow()), (date): CollectionDay => ({ date, collections: [] })),
    [updatedAt],
  );
  const totals = useMemo(() => collectionTotals(days), [days]);
  const collection = chosen ?? totals[0]?.collection ?? '';
  const none = value === undefined ? '' : 'No operation is indexed yet.';
  const shown = isWhole ? totals : totals.slice(0, FEW);
  return (
    <section aria-labelledby="collections">
      <h2 id="collections">Collections</h2>
      <p class="quiet">Operations of the last 30 days by kind of record, of every app. Choose one to see it by day.</p>
      <CollectionChart collection={collection} days={days} none={none} />
      <Table
        label="Operations by collection"
        columns={COLUMNS}
        rows={shown.map((total) => rowOf(total, total.collection === collection, setChosen))}
        none=""
      />
      {totals.length <= FEW ? null : (
        <p>
          <Button onClick={() => setWhole(!isWhole)}>
            {isWhole ? 'Show fewer' : `Show all ${formatCount(totals.length)}`}
          </Button>
        </p>
      )}
    </section>
  );
}

function rowOf(total: CollectionTotal, isChosen: boolean, choose: (collection: string) => void) {
  const { collection, creates, updates, deletes } = total;
  const button = (
    <button type="button" class="row-button" aria-pressed={isChosen} onClick={() => choose(collection)}>
      <bdi>{collection}</bdi>
    </button>
  );
  return { key: collection, cells: [button, formatCount(creates), formatCount(updates), formatCount(deletes)] };
}

interface CollectionChartProps {
  readonly collection: string;
  readonly days: readonly CollectionDay[];
  readonly none: string;
}

function CollectionChart({ collection, days, none }: CollectionChartProps) {
  const times = useMemo(() => dayTimes(days), [days]);
  const lines = useMemo(() => {
    const counts = daysOfCollection(days, collection);
    return [
      { title: 'Created', values: counts.map(({ creates }) => creates) },
      { title: 'Updated', values: counts.map(({ updates }) => updates) },
      { title: 'Deleted', values: counts.map(({ deletes }) => deletes) },
    ];
  }, [collection, days]);
  return <Chart title={collection === '' ? 'By day' : collection} times={times} lines={lines} none={none} />;
}
