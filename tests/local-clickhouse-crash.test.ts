import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouse, startClickHouse } from '@updraft/local';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let dataDir: string;
let servers: ClickHouse[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'updraft-crash-'));
  servers = [];
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.kill('SIGKILL')));
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<ClickHouse> {
  const server = await startClickHouse({ dataDir, onLine: () => {} });
  servers.push(server);
  return server;
}

async function ask(server: ClickHouse, sql: string): Promise<string> {
  const { username, password } = server.logins.migrations;
  const headers = { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password };
  const answer = await fetch(server.url, { method: 'POST', body: sql, headers });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text.trimEnd();
}

describe('SIGKILL', () => {
  test('in the middle of inserts loses no acknowledged one', async () => {
    const acknowledged = new Set<number>();
    let next = 0;
    let server = await start();
    await ask(server, 'CREATE TABLE kept (block UInt32, row UInt32) ENGINE = MergeTree ORDER BY (block, row)');
    for (let round = 1; round <= 3; round++) {
      const enough = acknowledged.size + 10 * round;
      const writer = async () => {
        for (;;) {
          const block = next++;
          await ask(server, `INSERT INTO kept SELECT ${block}, number FROM numbers(1000)`);
          acknowledged.add(block);
        }
      };
      const writers = [writer(), writer(), writer()].map((writing) => writing.catch(() => {}));
      while (acknowledged.size < enough) await new Promise((resolve) => setTimeout(resolve, 1));
      await server.kill('SIGKILL');
      await Promise.all(writers);
      server = await start();
      const counts = await ask(server, 'SELECT block, count() FROM kept GROUP BY block FORMAT TSV');
      const rows = new Map(counts.split('\n').map((line) => line.split('\t').map(Number) as [number, number]));
      for (const block of acknowledged) expect(rows.get(block), `block ${block}`).toBe(1000);
      for (const count of rows.values()) expect(count).toBe(1000); // a block is there whole or not at all
    }
  });
});

describe('a stop', () => {
  test('lets a running query end, and the engine exits with 0', async () => {
    const server = await start();
    const answer = ask(server, 'SELECT sleep(3), 42 AS last_words');
    const isRunning =
      "SELECT count() FROM system.processes WHERE query LIKE '%last_words%' AND query NOT LIKE '%processes%'";
    while ((await ask(server, isRunning)) !== '1');
    const stopped = server.stop();
    expect(await answer).toBe('0\t42');
    expect(await stopped).toEqual({ code: 0, signal: null });
  });
});

describe('at the start', () => {
  test('a folder that another process has open is an error that names it', async () => {
    const server = await start();
    await expect(start()).rejects.toThrow(`is in use by process ${server.pid}. Stop it first.`);
    expect(await ask(server, 'SELECT 1')).toBe('1');
  });

  test('a port in use is one line that names it', async () => {
    const server = await start();
    const other = await mkdtemp(join(tmpdir(), 'updraft-crash-'));
    const second = startClickHouse({ dataDir: other, port: server.port });
    await expect(second).rejects.toThrow(new RegExp(`^port ${server.port} on 127.0.0.1 is in use`));
    await rm(other, { recursive: true, force: true });
  });

  test('a folder of a newer engine is refused in one line, and left as it was', async () => {
    let server = await start();
    await ask(server, 'CREATE TABLE t (a Int8) ENGINE = MergeTree ORDER BY a');
    await server.stop();
    await writeFile(join(dataDir, 'engine-version'), '99.1.1\n');
    await expect(start()).rejects.toThrow(/was written by ClickHouse 99\.1\.1, which is newer than .*26\./);
    await rm(join(dataDir, 'engine-version'));
    server = await start();
    expect(await ask(server, 'SHOW TABLES')).toBe('t');
  });

  test('a file with passwords that holds none is refused in one line', async () => {
    await writeFile(join(dataDir, 'netrc'), 'machine example.com login me password x\n');
    await expect(start()).rejects.toThrow(/netrc does not hold ClickHouse's passwords any more. Delete it/);
  });

  test('the database default is an ordinary one, and stays', async () => {
    let server = await start();
    await ask(server, 'CREATE TABLE t (a Int8) ENGINE = MergeTree ORDER BY a');
    await server.stop();
    server = await start();
    expect(await ask(server, "SELECT engine FROM system.databases WHERE name = 'default'")).toBe('Atomic');
    expect(await ask(server, 'SHOW TABLES')).toBe('t');
  });
});
