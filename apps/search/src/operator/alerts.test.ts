import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NotEnoughResourcesError } from '@updraft/service';
import { afterEach, describe, expect, test } from 'vitest';
import { createAlertsState } from './alerts.ts';

let server: Server;
afterEach(() => server.close());

async function prometheus(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function alertsOf(answer: RequestListener) {
  return createAlertsState(await prometheus(answer), 0)();
}

const alert = (more: object) => ({
  labels: { alertname: 'IndexerDown', severity: 'page', instance: 'indexer:8091' },
  annotations: { summary: 'An indexer does not answer.', description: '<b>indexer:8091</b>' },
  state: 'firing',
  activeAt: '2026-11-26T08:00:00.123456789Z',
  value: '0e+00',
  ...more,
});
const answering =
  (alerts: readonly unknown[]): RequestListener =>
  (_request, response) =>
    response.end(JSON.stringify({ status: 'success', data: { alerts } }));

test('alerts are those that Prometheus has, first those that fire, then the latest', async () => {
  const pending = alert({ state: 'pending', labels: { alertname: 'Later' }, annotations: {} });
  const earlier = alert({ activeAt: '2026-11-25T08:00:00Z' });
  const paths: (string | undefined)[] = [];
  const state = await alertsOf((request, response) => {
    paths.push(request.url);
    answering([pending, earlier, alert({})])(request, response);
  });
  expect(paths).toEqual(['/api/v1/alerts']);
  expect(state.isPrometheusSet).toBe(true);
  expect(state.alerts).toEqual([
    {
      name: 'IndexerDown',
      severity: 'page',
      state: 'firing',
      since: '2026-11-26T08:00:00.123Z',
      summary: 'An indexer does not answer.',
      description: '<b>indexer:8091</b>',
    },
    expect.objectContaining({ state: 'firing', since: '2026-11-25T08:00:00.000Z' }),
    expect.objectContaining({ name: 'Later', state: 'pending', severity: '', summary: '', description: '' }),
  ]);
});

test('an alert that is none is passed over, and there are no more than two hundred', async () => {
  const broken = [
    null,
    {},
    alert({ state: 'inactive' }),
    alert({ activeAt: 'soon' }),
    alert({ labels: { alertname: 5 } }),
  ];
  const many = Array.from({ length: 300 }, () => alert({}));
  expect((await alertsOf(answering(broken))).alerts).toEqual([]);
  expect((await alertsOf(answering(many))).alerts).toHaveLength(200);
});

describe('Prometheus is not believed, and nobody waits for it in vain', () => {
  test.each<[string, RequestListener]>([
    ['an error', (_request, response) => response.writeHead(500).end()],
    ['a page', (_request, response) => response.end('<html>')],
    ['JSON of another shape', (_request, response) => response.end('{"status":"success","data":{}}')],
    ['far too much', (_request, response) => response.end(`"${'x'.repeat(5_000_000)}"`)],
    ['nothing', (request) => request.socket.destroy()],
  ])('when it answers %s', async (_what, answer) => {
    await expect(alertsOf(answer)).rejects.toBeInstanceOf(NotEnoughResourcesError);
  });

  test('when it leads elsewhere, where nobody goes', async () => {
    let asked = 0;
    const leading: RequestListener = (request, response) => {
      asked += 1;
      response.writeHead(302, { location: `http://${request.headers.host}/elsewhere` }).end();
    };
    await expect(alertsOf(leading)).rejects.toBeInstanceOf(NotEnoughResourcesError);
    expect(asked).toBe(1);
  });

  test('when nobody listens', async () => {
    const origin = await prometheus(() => {});
    server.close();
    await once(server, 'close');
    await expect(createAlertsState(origin, 0)()).rejects.toBeInstanceOf(NotEnoughResourcesError);
  });
});

test('all who ask within some seconds share one answer', async () => {
  let asked = 0;
  const read = createAlertsState(
    await prometheus((request, response) => {
      asked += 1;
      answering([])(request, response);
    }),
    60_000,
  );
  await Promise.all([read(), read()]);
  await read();
  expect(asked).toBe(1);
});
