import { formatAge, formatCount, formatTime } from '../../data/format.ts';
import { useLive } from '../../data/use-live.ts';
import { Notice } from '../../parts/notice.tsx';
import { Tile } from '../../parts/tile.tsx';
import { useTitle } from '../../parts/use-title.ts';

/** The answer of GET /stats/ingest. */
interface IngestStats {
  readonly updated_at: string;
  readonly streams: readonly {
    readonly stream: string;
    readonly last_event_at: string;
    readonly lag_seconds: number;
    readonly saved_at: string;
  }[];
  readonly events_per_second: number;
  readonly num_events_last_hour: number;
  readonly num_gaps: number;
  readonly num_open_gaps: number;
  readonly gaps: readonly Gap[];
  readonly num_rejected: number;
  readonly rejected: readonly { readonly reason: string; readonly num_events: number }[];
}

interface Gap {
  readonly host: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly detail: string;
  readonly is_open: boolean;
  readonly healed_from: string | null;
  readonly healed_at: string | null;
}

/** How the index keeps up with the network. */
export default function Ingest() {
  useTitle('Ingest');
  const { value, error } = useLive<IngestStats>('/stats/ingest', 5_000);
  const lag = value === undefined ? undefined : Math.max(0, ...value.streams.map((stream) => stream.lag_seconds));
  return (
    <>
      <h1>Ingest</h1>
      <Notice error={error} hasValue={value !== undefined} />
      <dl class="tiles">
        <Tile title="Behind the network" value={lag === undefined ? undefined : Math.round(lag)} unit=" s" />
        <Tile title="Events a second" value={value === undefined ? undefined : Math.round(value.events_per_second)} />
        <Tile title="Events in the last hour" value={value?.num_events_last_hour} />
        <Tile title="Open gaps" value={value?.num_open_gaps} />
        <Tile title="Rejected events" value={value?.num_rejected} />
      </dl>
      {value === undefined ? null : <Details stats={value} />}
    </>
  );
}

function Details({ stats }: { stats: IngestStats }) {
  return (
    <>
      <h2>Streams</h2>
      <Table
        heads={['Stream', 'Last event', 'Cursor saved']}
        rows={stats.streams.map((stream) => [
          stream.stream,
          formatTime(stream.last_event_at),
          formatAge(stream.saved_at),
        ])}
        none="No live stream has been read yet."
      />
      <h2>Gaps</h2>
      <Table
        heads={['Host', 'From', 'To', 'State']}
        rows={stats.gaps.map((gap) => [gap.host, formatTime(gap.from), formatTime(gap.to), stateOf(gap)])}
        none="No gap is known."
      />
      <h2>Rejected events</h2>
      <Table
        heads={['Reason', 'Events']}
        rows={stats.rejected.map(({ reason, num_events: events }) => [reason, formatCount(events)])}
        none="No event was set aside."
      />
    </>
  );
}

function stateOf(gap: Gap): string {
  if (gap.healed_at !== null)
    return `read again from ${gap.healed_from ?? 'another host'}, ${formatAge(gap.healed_at)}`;
  return gap.is_open ? `open: ${gap.detail}` : gap.detail;
}

interface TableProps {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What is said instead of an empty table. */
  readonly none: string;
}

function Table({ heads, rows, none }: TableProps) {
  if (rows.length === 0) return <p class="quiet">{none}</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={heads.join(', ')}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells) => (
            <tr key={cells.join('\n')}>
              {cells.map((cell, index) => (
                <td key={heads[index]}>
                  <bdi>{cell}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
