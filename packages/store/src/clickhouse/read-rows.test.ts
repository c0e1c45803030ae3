import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { uint32 } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { createClickHouse } from './client.ts';
import { withCallOptions } from './with-call-options.ts';

/** A server that notes what it is asked, and answers only what `answer` answers. */
async function startServer(answer: (sql: string, response: ServerResponse) => void) {
  const asked: { readonly id: string; readonly sql: string; readonly params: URLSearchParams }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    let sql = '';
    request.on('data', (chunk) => (sql += String(chunk)));
    request.on('end', () => {
      asked.push({ id: url.searchParams.get('query_id') ?? '', sql, params: url.searchParams });
      answer(sql, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createClickHouse({ address: `127.0.0.1:${port}`, username: 'u', password: '', database: 'd' });
  return {
    asked,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

const NUMBER = shape({ a: uint32 });

const isKill = ({ sql }: { sql: string }) => sql.startsWith('KILL QUERY');

test('a query whose caller has gone is killed by its id', async () => {
  await using server = await startServer((sql, response) => {
    if (sql.startsWith('KILL')) response.end();
  });
  const gone = new AbortController();
  const reader = withCallOptions(server.client, { signal: gone.signal });
  const rows = reader.query('SELECT slow', NUMBER);
  await expect.poll(() => server.asked.length).toBe(1);
  gone.abort(new Error('gone'));
  await expect(rows).rejects.toThrow('gone');
  await expect.poll(() => server.asked.filter(isKill).length).toBe(1);
  expect(server.asked.find(isKill)?.params.get('param_id')).toBe(server.asked[0]?.id);
});

test('a query that ended, well or badly, is left alone', async () => {
  await using server = await startServer((sql, response) => {
    if (sql.includes('bad')) response.writeHead(500).end('Code: 47. DB::Exception: no');
    else response.end('["a"]\n["UInt32"]\n[1]\n');
  });
  expect(await server.client.query('SELECT 1', NUMBER)).toEqual([{ a: 1 }]);
  await expect(server.client.query('SELECT bad', NUMBER)).rejects.toThrow();
  await server.client.ping();
  expect(server.asked.filter(isKill)).toEqual([]);
});
