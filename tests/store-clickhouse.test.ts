import { createServer } from 'node:net';
import {
  ConnectionError,
  codecs,
  createClickHouse,
  RefusedDataError,
  RefusedQueryError,
  SetupStoreError,
  shape,
  TimeoutError,
  UnavailableError,
} from '@updraft/store';
import { describe, expect, it } from 'vitest';
import { NAMED_CODES } from '../packages/store/src/clickhouse/error-codes.ts';
import { didList } from '../packages/store/src/clickhouse/lists.ts';
import { selectRows } from './select-rows.ts';
import { useStore } from './use-store.ts';

const store = useStore({ migrated: false });

describe('queries', () => {
  it('bind parameters of every shape', async () => {
    const rows = await selectRows(
      store.clickhouse,
      'SELECT {text:String} AS text, {list:Array(String)} AS list, {count:UInt32} AS count',
      { text: "it's \\ a\ttab\nand 👋", list: ["a'b", 'c\\d', ''], count: 7 },
    );
    expect(rows).toEqual([{ text: "it's \\ a\ttab\nand 👋", list: ["a'b", 'c\\d', ''], count: 7 }]);
  });

  it('bring a list of 100,000 DIDs beside their parameters', async () => {
    const dids = Array.from({ length: 100_000 }, (_, index) => `did:plc:${String(index).padStart(24, 'a')}`);
    const sql = 'SELECT toUInt32(count()) AS n FROM given_dids WHERE did != {except:String}';
    const lists = [didList(dids)];
    expect(await selectRows(store.clickhouse, sql, { except: dids[5] }, { lists })).toEqual([{ n: 99_999 }]);
    // An error after the first row is one, and not a row.
    const failing = 'SELECT throwIf(did = {except:String}) FROM given_dids SETTINGS max_block_size = 1000';
    await expect(selectRows(store.clickhouse, failing, { except: dids[90_000] }, { lists })).rejects.toThrow(
      RefusedDataError,
    );
  });

  it('refuse a parameter that a server would not take, and say what to do', async () => {
    const dids = Array.from({ length: 5_000 }, (_, index) => `did:plc:${String(index).padStart(24, 'a')}`);
    const asked = selectRows(store.clickhouse, 'SELECT length({dids:Array(String)})', { dids });
    await expect(asked).rejects.toThrow(RefusedQueryError);
    await expect(asked).rejects.toThrow(/parameter dids .* list/);
  });

  it('give 64-bit integers as strings, so that no digit is lost', async () => {
    expect(await selectRows(store.clickhouse, 'SELECT toUInt64(18446744073709551615) AS n')).toEqual([
      { n: '18446744073709551615' },
    ]);
  });

  it('run with the pinned settings, whatever the server has', async () => {
    const [settings] = await selectRows(
      store.clickhouse,
      `SELECT getSetting('async_insert') AS async_insert, getSetting('do_not_merge_across_partitions_select_final') AS partitions,
              getSetting('use_skip_indexes_if_final_exact_mode') AS exact, getSetting('input_format_skip_unknown_fields') AS skip,
              getSetting('optimize_move_to_prewhere_if_final') AS prewhere, toFloat64(getSetting('max_execution_time')) AS seconds`,
      {},
      { timeoutMs: 4_500 },
    );
    expect(settings).toEqual({
      async_insert: false,
      partitions: true,
      exact: true,
      skip: false,
      prewhere: false,
      seconds: 5,
    });
  });

  it('stream a large result in chunks', async () => {
    let rows = 0;
    let chunks = 0;
    for await (const chunk of store.clickhouse.stream(
      'SELECT toUInt32(number) AS number FROM numbers(300000)',
      shape({ number: codecs.uint32 }),
    )) {
      expect(chunk[0]?.number).toBe(rows);
      rows += chunk.length;
      chunks++;
    }
    expect(rows).toBe(300_000);
    expect(chunks).toBeGreaterThan(1);
  });

  it('go on after a stream that was left early', async () => {
    for await (const chunk of store.clickhouse.stream(
      'SELECT number FROM numbers(10000000)',
      shape({ number: codecs.uint64 }),
    )) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(await selectRows(store.clickhouse, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('errors have types', () => {
  it('a query that takes too long is a TimeoutError, to be tried again', async () => {
    const slow = selectRows(
      store.clickhouse,
      'SELECT sleepEachRow(0.5) FROM numbers(20)',
      {},
      { timeoutMs: 1_000, settings: { max_block_size: 1 } },
    );
    await expect(slow).rejects.toBeInstanceOf(TimeoutError);
    await expect(slow).rejects.toSatisfy((error: TimeoutError) => error.shouldRetry());
  });

  it('a caller who stops a query gets its own reason back', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const query = selectRows(store.clickhouse, 'SELECT sleep(2)', {}, { signal: controller.signal });
    controller.abort(reason);
    await expect(query).rejects.toBe(reason);
    await expect(selectRows(store.clickhouse, 'SELECT 1', {}, { signal: controller.signal })).rejects.toBe(reason);
  });

  it('a mistake in the SQL is a RefusedQueryError with its code', async () => {
    const query = selectRows(store.clickhouse, 'SELEC 1');
    await expect(query).rejects.toBeInstanceOf(RefusedQueryError);
    await expect(query).rejects.toMatchObject({ code: 62 });
  });

  it('data that do not parse are a RefusedDataError', async () => {
    const query = selectRows(store.clickhouse, "SELECT toUInt32('x')");
    await expect(query).rejects.toBeInstanceOf(RefusedDataError);
    await expect(query).rejects.toMatchObject({ code: 6 });
  });

  it('a memory limit is an UnavailableError, to be tried again', async () => {
    const query = selectRows(
      store.clickhouse,
      'SELECT uniqExact(number) FROM numbers(10000000)',
      {},
      { settings: { max_memory_usage: 1_000_000 } },
    );
    await expect(query).rejects.toBeInstanceOf(UnavailableError);
    await expect(query).rejects.toSatisfy((error: UnavailableError) => error.shouldRetry());
  });

  it('an unknown database and an unknown table say to run the migrations', async () => {
    const stranger = createClickHouse({ ...store.connection, database: 'nowhere' });
    await expect(stranger.ping()).rejects.toThrow(/has no database 'nowhere': run the migrations/);
    await expect(selectRows(store.clickhouse, 'SELECT * FROM likes')).rejects.toBeInstanceOf(SetupStoreError);
    await stranger.close();
  });

  it('a port where nobody listens is a ConnectionError that names the address', async () => {
    const nobody = createClickHouse({ ...store.connection, address: '127.0.0.1:1' });
    const ping = nobody.ping();
    await expect(ping).rejects.toBeInstanceOf(ConnectionError);
    await expect(ping).rejects.toThrow("ClickHouse at http://127.0.0.1:1 can't be reached (ECONNREFUSED)");
    await nobody.close();
  });

  it('a server that does not speak HTTP is a set-up error', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).end('-ERR unknown command\r\n')).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => server.once('listening', resolve));
    const bound = server.address();
    const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
    const stranger = createClickHouse({ ...store.connection, address: `127.0.0.1:${port}` });
    await expect(stranger.ping()).rejects.toBeInstanceOf(SetupStoreError);
    await stranger.close();
    server.close();
  });

  it("the codes have the names that they have in ClickHouse's own table", async () => {
    const rows = await selectRows<{ name: string }>(
      store.clickhouse,
      'SELECT errorCodeToName(arrayJoin({codes:Array(UInt32)})) AS name',
      {
        codes: Object.values(NAMED_CODES),
      },
    );
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(NAMED_CODES));
  });
});
