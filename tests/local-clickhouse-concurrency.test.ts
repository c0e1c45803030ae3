import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalClickHouse, startLocalClickHouse } from './local/clickhouse.ts';

let local: LocalClickHouse;

beforeAll(async () => {
  local = await startLocalClickHouse();
});

afterAll(() => local?.[Symbol.asyncDispose]());

describe('several queries', () => {
  const running = (tag: string) =>
    `SELECT count() FROM system.processes WHERE query LIKE '%${tag}%' AND query NOT LIKE '%processes%'`;

  test('two slow ones run side by side', async () => {
    const slow = [1, 2].map((n) =>
      local.post(`SELECT sleepEachRow(1), ${n} AS side_by_side FROM numbers(60)`, { max_block_size: '1' }),
    );
    await local.eventually(running('side_by_side'), '2');
    await local.text("KILL QUERY WHERE query LIKE '%side_by_side%' AND query NOT LIKE 'KILL%' SYNC");
    await Promise.all(slow);
  });

  test('planning one does not hold up the others', async () => {
    const heavy = local.text('SELECT (SELECT count() FROM numbers(1000000000000)) AS heavy_scalar', {
      max_execution_time: '5',
    });
    const outcome = heavy.catch((error: Error) => error.message);
    await local.eventually(running('heavy_scalar'), '1');
    expect(await outcome).toContain('TIMEOUT_EXCEEDED');
  });

  test('one whose client goes away ends, streaming or not', async () => {
    for (const sql of [
      'SELECT count() AS abandoned FROM numbers(1000000000000)',
      'SELECT number AS abandoned FROM numbers(1000000000000)',
    ]) {
      const leaving = new AbortController();
      const asked = fetch(local.server.url, {
        method: 'POST',
        body: sql,
        signal: leaving.signal,
        headers: local.login,
      }).catch(() => {});
      await local.eventually(running('abandoned'), '1');
      leaving.abort();
      await asked;
      await local.eventually(running('abandoned'), '0');
    }
  });

  test('a slow reader slows the engine down, not the memory up', async () => {
    const answer = await local.post("SELECT number, 'backpressure' FROM numbers(100000000)");
    const reader = answer.body?.getReader();
    await reader?.read();
    const memory = () =>
      local.text("SELECT max(memory_usage) < 300000000 FROM system.processes WHERE query LIKE '%backpressure%'");
    for (let i = 0; i < 5; i++) {
      await reader?.read();
      expect(await memory()).toBe('1');
    }
    await reader?.cancel();
    await local.eventually(running('backpressure'), '0');
  });
});
