import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the load generator ends, and reports, when the server is too slow for its pace', async () => {
  const server = createServer((_request, response) => void setTimeout(() => response.end('late'), 300));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const main = resolve(import.meta.dirname, '../bench/feed/load-main.ts');
  const options = { port, path: '/', seconds: 1, rate: 500, connections: 2 };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args]);
  expect(JSON.parse(stdout)).toMatchObject({ requests: expect.any(Number), bad: 0 });
  server.closeAllConnections();
  server.close();
});
