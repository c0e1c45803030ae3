import type { ServicesState } from '@updraft/console-api/views';
import { formatSpan } from '../../data/format.ts';
import { Bytes } from '../../parts/bytes.tsx';
import { type Row, Table } from '../../parts/table.tsx';
import { Mark } from './mark.tsx';

const COLUMNS = [{ title: 'Store' }, { title: 'Version' }, { title: 'Up for' }, { title: 'Memory' }];

/** ClickHouse and Redis. */
export function Stores({ state: { clickhouse, redis } }: { state: ServicesState }) {
  return (
    <>
      <h2>Stores</h2>
      <Table label="Stores" columns={COLUMNS} rows={[clickhouseRow(clickhouse), redisRow(redis)]} none="" />
    </>
  );
}

function clickhouseRow(clickhouse: ServicesState['clickhouse']): Row {
  if (clickhouse === undefined) {
    const away = (
      <Mark key="away" kind="bad">
        does not answer
      </Mark>
    );
    return { key: 'clickhouse', cells: ['ClickHouse', away, '–', '–'] };
  }
  const { version, uptimeSeconds, usedBytes } = clickhouse;
  return {
    key: 'clickhouse',
    cells: ['ClickHouse', version, formatSpan(uptimeSeconds), <Bytes key="used" bytes={usedBytes} />],
  };
}

function redisRow({ version, uptimeSeconds, usedBytes, maxBytes }: ServicesState['redis']): Row {
  const memory = (
    <>
      <Bytes bytes={usedBytes} />
      {maxBytes === 0 ? ', without a limit' : ' of '}
      {maxBytes === 0 ? null : <Bytes bytes={maxBytes} />}
    </>
  );
  return { key: 'redis', cells: ['Redis', version, formatSpan(uptimeSeconds), memory] };
}
