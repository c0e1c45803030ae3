import type { IngestState } from '@updraft/console-api/views';
import { formatCount, formatTime } from '../../data/format.ts';
import { useLive } from '../../data/use-live.ts';
import { Notice } from '../../parts/notice.tsx';
import { OldNumbers } from '../../parts/old-numbers.tsx';
import { Page } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Table } from '../../parts/table.tsx';
import { Tile } from '../../parts/tile.tsx';
import { LiveRate, RATE_EVERY_MS } from '../network/live-rate.tsx';
import type { IngestStats } from '../network/rate-samples.ts';
import { GrafanaLink } from './grafana-link.tsx';
import { Mark } from './mark.tsx';
import './operator.css';

/** How the index keeps up with the network: rate and lag, hosts, and the stretches that are missing. */
export default function Ingest() {
  const { value, error } = useLive<IngestState>('/console/api/operator/ingest', 5_000);
  const stats = useLive<IngestStats>('/stats/ingest', RATE_EVERY_MS);
  return (
    <Page title="Ingest" actions={<GrafanaLink />}>
      <Notice error={error ?? stats.error} hasValue={value !== undefined} />
      <OldNumbers countedAt={stats.value?.updated_at} />
      <dl class="tiles">
        <Tile title="Hosts connected" value={value?.hosts.filter(({ isConnected }) => isConnected).length} />
        <Tile title="Open gaps" value={value?.numOpenGaps} />
        <Tile title="Gaps so far" value={value?.numGaps} />
      </dl>
      <LiveRate stats={stats.value} />
      {value === undefined ? null : (
        <>
          <Hosts state={value} />
          <Gaps state={value} />
        </>
      )}
    </Page>
  );
}

function Hosts({ state: { hosts, streams } }: { state: IngestState }) {
  return (
    <>
      <h2>Hosts</h2>
      <Table
        label="Hosts"
        columns={[{ title: 'Host' }, { title: 'State' }, { title: 'Detail' }]}
        rows={hosts.map(({ host, isConnected, detail }) => ({
          key: host,
          cells: [
            <bdi key="host">{host}</bdi>,
            <Mark key="state" kind={isConnected ? 'good' : 'quiet'}>
              {isConnected ? 'connected' : 'not read'}
            </Mark>,
            <bdi key="detail">{detail}</bdi>,
          ],
        }))}
        none="No indexer tells which hosts it reads: none runs, or it is just starting."
      />
      <h2>Streams</h2>
      <Table
        label="Streams"
        columns={[{ title: 'Stream' }, { title: 'Host' }, { title: 'Last event' }, { title: 'Cursor saved' }]}
        rows={streams.map(({ stream, host, lastEventAt, savedAt }) => ({
          key: stream,
          cells: [
            <bdi key="stream">{stream}</bdi>,
            <bdi key="host">{host}</bdi>,
            formatTime(lastEventAt),
            savedAt === undefined ? 'never' : <RelativeTime key="saved" iso={savedAt} />,
          ],
        }))}
        none="No live stream has been read yet."
      />
    </>
  );
}

type Gap = IngestState['gaps'][number];
const GAP_MARKS = { open: 'bad', healing: 'warn', healed: 'good' } as const;

function Gaps({ state: { gaps, numGaps } }: { state: IngestState }) {
  return (
    <>
      <h2>Gaps</h2>
      <p class="quiet">
        Stretches of time in which events were missed.
        {numGaps > gaps.length ? ` The latest ${gaps.length} of ${formatCount(numGaps)}.` : ''}
      </p>
      <Table
        label="Gaps"
        columns={[{ title: 'From' }, { title: 'To' }, { title: 'Host' }, { title: 'Why' }, { title: 'State' }]}
        rows={gaps.map((gap) => ({
          key: gap.id,
          cells: [
            formatTime(gap.from),
            formatTime(gap.to),
            <bdi key="host">{gap.host}</bdi>,
            <bdi key="why">{gap.reason}</bdi>,
            <Healing key="state" gap={gap} />,
          ],
        }))}
        none="No gap is known."
      />
    </>
  );
}

function Healing({ gap: { state, healedAt, healedFrom, numEvents } }: { gap: Gap }) {
  return (
    <>
      <Mark kind={GAP_MARKS[state]}>{state}</Mark> {healedAt === undefined ? null : <RelativeTime iso={healedAt} />}
      {healedFrom === undefined ? null : (
        <>
          {' '}
          from <bdi>{healedFrom}</bdi>
        </>
      )}
      {numEvents === undefined ? null : `, ${formatCount(numEvents)} events read again`}
    </>
  );
}
