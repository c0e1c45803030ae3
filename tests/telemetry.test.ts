import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startPlayServer } from '@updraft/simulator';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Account, type Directory, startDirectory } from './feedgen/directory.ts';
import { ACTOR_DID } from './feedgen/stage.ts';
import { bearer, sign } from './feedgen/tokens.ts';
import { likes } from './indexer/events.ts';
import { expectCleanEnd, type Program, type Stack, startProgram, startStack, until } from './indexer/stack.ts';
import { type Receiver, startReceiver, tree } from './telemetry/receiver.ts';

let stack: Stack;
let receiver: Receiver;
const cleanups: (() => unknown)[] = [];
beforeAll(async () => {
  [stack, receiver] = await Promise.all([startStack(), startReceiver()]);
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(async () => {
  await stack.close();
  await receiver[Symbol.asyncDispose]();
});

function start(main: string, env: Readonly<Record<string, string>>): Program {
  const program = startProgram(main, [], env);
  cleanups.push(() => {
    program.child.kill('SIGKILL');
    return program.exited;
  });
  return program;
}

async function stop(program: Program): Promise<void> {
  program.child.kill('SIGTERM');
  await expectCleanEnd(program);
}

/** The field of the first log line that has it. */
function logged(program: Program, field: string): string {
  return new RegExp(`"${field}":"([^"]+)"`).exec(program.output())?.[1] ?? '';
}

test('a batch is one trace from the socket to ClickHouse and the cursor, sent though the indexer stops right behind it', async () => {
  const store = await stack.createStore('traced_batch');
  const server = await startPlayServer({ lines: likes(0, 500), attachCursor: true });
  cleanups.push(() => server.close());
  const program = start('apps/indexer/src/main.ts', {
    ...store.env,
    ...receiver.env,
    SINCE: '2020-01-01T00:00:00Z',
    WS_URL: server.url,
    FLUSH_INTERVAL: '10m',
    LOG_LEVEL: 'debug',
  });
  await until(async () => (await program.metric('updraft_indexer_events_total')) === 500);
  await stop(program);

  const batch = receiver.spans.find(({ name }) => name === 'batch');
  const trace = receiver.spans.filter(({ traceId }) => traceId === batch?.traceId);
  expect(tree(trace, '')).toEqual([
    'batch',
    '  receive',
    '  save cursor',
    '    EVAL',
    '    INSERT ingest_progress',
    '  wait',
    '  write',
    '    INSERT record_rows',
  ]);
  expect(batch?.attributes).toMatchObject({ 'messaging.batch.message_count': 500 });
  const line = program
    .output()
    .split('\n')
    .find((text) => text.includes('cursor saved'));
  expect(JSON.parse(line ?? '{}')).toMatchObject({ trace_id: batch?.traceId, span_id: batch?.spanId });
  expect(batch?.resource).toMatchObject({ 'service.name': 'indexer', 'service.version': expect.any(String) });
});

/** A PLC directory in front of the test's own that keeps the headers it was asked with. */
async function listenIn(directory: Directory): Promise<{ url: string; heard: IncomingHttpHeaders[] }> {
  const heard: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    heard.push(request.headers);
    void fetch(`${directory.url}${request.url ?? ''}`).then(async (answer) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function startFeedgen(name: string, plcHost: string, env: Record<string, string>): Promise<Program> {
  const store = await stack.createStore(name);
  const file = join(stack.directory, `${name}.yaml`);
  await writeFile(file, FEEDS);
  const program = start('apps/feedgen/src/main.ts', {
    ...store.env,
    LISTEN_ADDRESS: '127.0.0.1:0',
    SERVICE_ENDPOINT: 'https://feeds.example',
    FEED_ACTOR_DID: ACTOR_DID,
    FEEDS_FILE: file,
    PLC_HOST: plcHost,
    ...env,
  });
  await program.says('serving feeds');
  return program;
}

const FEEDS = `
feeds:
  open: { kind: static, posts: ['at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3l3frqadlo32h'] }
  top: { kind: top, minimumLikes: 1, refresh: 1m }
`;

const CALLER = { trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' };

function callFeed(program: Program, account: Account): Promise<Response> {
  return sign(account).then((token) =>
    fetch(
      `${logged(program, 'listen')}/xrpc/app.bsky.feed.getFeedSkeleton?feed=at://${ACTOR_DID}/app.bsky.feed.generator/open`,
      { headers: { ...bearer(token), traceparent: `00-${CALLER.trace}-${CALLER.span}-01` } },
    ),
  );
}

test('a getFeedSkeleton call goes on its caller’s trace, down to the look-up of the viewer’s key; a build is a trace of its own', async () => {
  await using directory = await startDirectory();
  const account = await directory.register('viewer');
  const plc = await listenIn(directory);
  const program = await startFeedgen('traced_call', plc.url, { ...receiver.env, OTEL_TRACES_SAMPLER_ARG: '1' });
  const reply = await callFeed(program, account);
  expect(reply.status).toBe(200);
  await stop(program);

  const trace = receiver.spans.filter(({ traceId }) => traceId === CALLER.trace);
  expect(tree(trace, CALLER.span)).toEqual([
    'GET /xrpc/app.bsky.feed.getFeedSkeleton',
    '  identify viewer',
    '    GET 127.0.0.1',
  ]);
  const outside = trace.find(({ name }) => name === 'GET 127.0.0.1');
  expect(plc.heard.map(({ traceparent }) => traceparent)).toEqual([`00-${CALLER.trace}-${outside?.spanId}-01`]);
  expect(JSON.stringify(trace)).not.toContain(account.did);

  const build = receiver.spans.find(({ name }) => name === 'build');
  expect(
    tree(
      receiver.spans.filter(({ traceId }) => traceId === build?.traceId),
      '',
    ),
  ).toEqual(expect.arrayContaining(['build', '  EVAL', expect.stringMatching(/^ {2}SELECT /)]));
});

test('what the sampling ratio leaves out is not sent, though the caller asks for it', async () => {
  await using directory = await startDirectory();
  const account = await directory.register('viewer');
  const before = receiver.spans.length;
  const program = await startFeedgen('unsampled', directory.url, { ...receiver.env, OTEL_TRACES_SAMPLER_ARG: '0' });
  expect((await callFeed(program, account)).status).toBe(200);
  await stop(program);
  expect(receiver.spans.length).toBe(before);
});

test('a receiver that is away costs a line in the log, and neither an answer nor the end', async () => {
  await using directory = await startDirectory();
  const account = await directory.register('viewer');
  const program = await startFeedgen('no_receiver', directory.url, {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
  expect((await callFeed(program, account)).status).toBe(200);
  await program.says('telemetry:');
  expect((await callFeed(program, account)).status).toBe(200);
  await stop(program);
});
