import type { StorageState } from '@updraft/console-api/views';
import { useState } from 'preact/hooks';
import { formatCount, formatTime } from '../../data/format.ts';
import { useLive } from '../../data/use-live.ts';
import { Button } from '../../parts/button.tsx';
import { Bytes } from '../../parts/bytes.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Table } from '../../parts/table.tsx';
import { GrafanaLink } from './grafana-link.tsx';
import { outlookOf } from './outlook.ts';
import './operator.css';
import '../../parts/meter.css';

/** The disk: what takes it, how it grows, and the day it will be full. */
export default function Storage() {
  const { value, error } = useLive<StorageState>('/console/api/operator/storage', 30_000);
  return (
    <Page title="Disk" actions={<GrafanaLink />}>
      <Notice error={error} hasValue={value !== undefined} />
      {value === undefined ? (
        error === undefined ? (
          <p class="quiet">Asking …</p>
        ) : null
      ) : (
        <>
          <Outlook state={value} />
          <Disks state={value} />
          <Tables state={value} />
        </>
      )}
    </Page>
  );
}

function Outlook({ state }: { state: StorageState }) {
  const { measuredFrom, isWhole } = state;
  const { text, isPressing } = outlookOf(state);
  return (
    <>
      <p class={isPressing ? 'notice' : ''}>
        <bdi>{text}</bdi>
      </p>
      {measuredFrom === undefined ? null : <p class="quiet">Growth is measured since {formatTime(measuredFrom)}.</p>}
      {isWhole ? null : <p class="quiet">On this cluster one server of each shard is asked: the others hold more.</p>}
    </>
  );
}

function Growth({ bytesPerDay }: { bytesPerDay: number | undefined }) {
  if (bytesPerDay === undefined) return <>–</>;
  return bytesPerDay < 0 ? (
    <>
      −<Bytes bytes={-bytesPerDay} />
    </>
  ) : (
    <Bytes bytes={bytesPerDay} />
  );
}

function Disks({ state: { disks } }: { state: StorageState }) {
  return (
    <>
      <h2>Disks</h2>
      <Table
        label="Disks"
        columns={[
          { title: 'Disk' },
          { title: 'Used' },
          { title: 'Free', isNumber: true },
          { title: 'Of', isNumber: true },
          { title: 'A day', isNumber: true },
          { title: 'Full on' },
        ]}
        rows={disks.map(({ server, name, totalBytes, freeBytes, bytesPerDay, fullAt }) => ({
          key: `${server} ${name}`,
          cells: [
            <bdi key="name">{server === '' ? name : `${server}, ${name}`}</bdi>,
            <Used key="used" usedBytes={totalBytes - freeBytes} totalBytes={totalBytes} />,
            <Bytes key="free" bytes={freeBytes} />,
            <Bytes key="total" bytes={totalBytes} />,
            <Growth key="growth" bytesPerDay={bytesPerDay} />,
            fullAt === undefined ? '–' : formatTime(fullAt),
          ],
        }))}
        none="ClickHouse tells of no disk."
      />
    </>
  );
}

function Used({ usedBytes, totalBytes }: { usedBytes: number; totalBytes: number }) {
  const percent = totalBytes === 0 ? 0 : Math.round((usedBytes / totalBytes) * 100);
  return (
    <>
      <meter class="share" min={0} max={100} high={85} optimum={0} value={percent} aria-hidden="true" /> {percent} %
    </>
  );
}

/** The tables that are shown at first: they come by size. */
const LARGEST = 10;

function Tables({ state: { tables } }: { state: StorageState }) {
  const [isWhole, setWhole] = useState(false);
  const most = Math.max(1, ...tables.map(({ bytes }) => bytes));
  const shown = isWhole ? tables : tables.slice(0, LARGEST);
  return (
    <>
      <h2>Tables</h2>
      <Table
        label="Tables"
        columns={[
          { title: 'Table' },
          { title: 'Rows', isNumber: true },
          { title: 'Size', isNumber: true },
          { title: 'A day', isNumber: true },
          { title: 'Share' },
        ]}
        rows={shown.map(({ name, rows, bytes, bytesPerDay }) => ({
          key: name,
          cells: [
            <bdi key="name">{name}</bdi>,
            formatCount(rows),
            <Bytes key="bytes" bytes={bytes} />,
            <Growth key="growth" bytesPerDay={bytesPerDay} />,
            <meter key="share" class="share" min={0} max={most} value={bytes} aria-hidden="true" />,
          ],
        }))}
        none="There is no table yet."
      />
      {shown.length < tables.length ? <Button onClick={() => setWhole(true)}>Show all {tables.length}</Button> : null}
    </>
  );
}
