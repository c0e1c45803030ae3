import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '@updraft/command';
import { type FeedSettingsView, feedSettings } from '@updraft/console-api/views';
import { createRedis, type Redis } from '@updraft/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addFeedsCommands } from '../apps/admin/src/feeds/feeds-commands.ts';
import { readiness } from '../apps/feedgen/src/health.ts';
import { beginSession, type SessionHeaders } from './console/session.ts';
import { didOf } from './feedgen/network.ts';
import { type Instance, type Stage, startStage, until, uris } from './feedgen/stage.ts';

const [ANN, BEA] = [didOf('ann'), didOf('bea')];
const ENTRY = `kind: top # the best
minimumLikes: 1
validOnly: false
refresh: 24h
hosts: ['${ANN}', '${BEA}']
variants: { fresh: { window: 1h, share: 5 } }
`;
const fileWith = (entry: string) => `feeds:\n  best:\n${entry.trimEnd().replace(/^/gm, '    ')}\n`;
const CHANGED = ENTRY.replace('minimumLikes: 1', 'minimumLikes: 2');

let folder: string;
let stage: Stage;
let here: Instance;
let there: Instance;
let ann: SessionHeaders;
let bea: SessionHeaders;
let liked: string;
let little: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-settings-'));
  await writeFile(join(folder, 'feeds.yaml'), fileWith(ENTRY));
  stage = await startStage();
  const [one = '', two = ''] = await stage.network.post(
    ...['one', 'two'].map((name) => ({ did: didOf(name), atMs: Date.now() - 600_000 })),
  );
  [liked, little] = [one, two];
  await stage.network.like(liked, 3);
  await stage.network.like(little, 1);
  [here, there] = await Promise.all([start(), start()]);
  await until(async () => (await shown(there)).length === 2);
  const redis = createRedis({ address: stage.databases.redis.address });
  await signIn(redis);
  redis.disconnect();
}, 120_000);
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const start = (entry = ENTRY) => stage.startFeedgen({ feeds: fileWith(entry), env: { REDIS_PREFIX: PREFIX } });
const PREFIX = 'settings';
async function signIn(redis: Redis): Promise<void> {
  [ann, bea] = [await beginSession(redis, PREFIX, ANN), await beginSession(redis, PREFIX, BEA)];
}
const shown = async (instance: Instance) => uris(await instance.page('best'));
const URL = '/api/admin/settings';

async function read(instance = here): Promise<FeedSettingsView> {
  const { status, body } = await instance.get(`${URL}?feedName=best`, ann.reading);
  expect(status).toBe(200);
  return feedSettings.parse(body);
}
const save = (settings: string, version: number, who = ann, instance = here) =>
  instance.send('PUT', URL, who.changing, { feedName: 'best', settings, version });
const back = (version: number, who = ann) =>
  here.send('DELETE', `${URL}?feedName=best&version=${version}`, who.changing);

async function admin(...argv: string[]) {
  const [out, notes] = [new Array<string>(), new Array<string>()];
  const { databases } = stage;
  const env = { REDIS_ADDRESS: databases.redis.address, REDIS_PREFIX: PREFIX, FEEDS_FILE: join(folder, 'feeds.yaml') };
  const code = await runCommand('pnpm admin', addFeedsCommands, argv, {
    env: { ...databases.clickhouse.env, ...env },
    out: (line) => out.push(line),
    note: (line) => notes.push(line),
  });
  return { code, out, notes };
}

test('what a host saves is built at once on every instance, and is there after a restart without what Redis had', async () => {
  const { version, settings, overrides } = await read();
  expect([settings, version, overrides]).toEqual([ENTRY, 0, []]);
  const saved = await save(CHANGED, version);
  expect(saved).toMatchObject({ status: 200, body: { settings: CHANGED, declared: ENTRY } });
  expect(feedSettings.parse(saved.body)).toMatchObject({
    overrides: [{ setting: 'minimumLikes', declared: '1', saved: '2' }],
    changedBy: `${ANN} (console)`,
  });
  for (const instance of [here, there]) await until(async () => (await shown(instance)).join() === liked);
  await until(async () => (await read(there)).settings === CHANGED);
  const variant = there.feedgen.context.file.feeds.get('best')?.variantFeeds?.[0];
  expect(variant).toMatchObject({ minimumLikes: 2, window: 3_600_000 });
  await there.stop();
  const redis = createRedis({ address: stage.databases.redis.address });
  await redis.flushall();
  await signIn(redis);
  redis.disconnect();
  there = await start();
  expect(await shown(there)).toEqual([liked]);
});

test('while what hosts saved can not be read, feeds keep their builds, and nothing is built without it', async () => {
  await stage.clickhouse.command('RENAME TABLE feed_settings TO feed_settings_away');
  await using other = await start(ENTRY.replace('24h', '1s'));
  for (let times = 0; times < 15; times++) {
    expect(await shown(other)).toEqual([liked]);
    await delay(200);
  }
  expect((await other.get(`${URL}?feedName=best`, ann.reading)).status).toBe(503);
  const checks = async () => (await readiness(other.feedgen.context, async () => [])()).map(({ name }) => name);
  expect(await checks()).toContain('saved settings');
  await stage.clickhouse.command('RENAME TABLE feed_settings_away TO feed_settings');
  await until(async () => !(await checks()).includes('saved settings'));
  await other.rebuild('best');
  expect(await shown(other)).toEqual([liked]);
});

test('of two hosts who save at once one is told what is there now, and nothing of theirs is kept', async () => {
  const { version } = await read();
  const other = (instance: Instance, who: SessionHeaders, likes: number) =>
    save(ENTRY.replace('minimumLikes: 1', `minimumLikes: ${likes}`), version, who, instance);
  const answers = await Promise.all([other(here, ann, 3), other(there, bea, 4)]);
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  const won = answers[0].status === 200 ? 3 : 4;
  const late = await other(there, bea, 9);
  expect(late).toMatchObject({ status: 409, body: { error: 'Conflict' } });
  expect(late.body.message).toMatch(new RegExp(`They are now minimumLikes: 1 → ${won}`));
  expect((await read()).overrides).toEqual([{ setting: 'minimumLikes', declared: '1', saved: `${won}` }]);
});

test('what is wrong, or is the operator’s, is refused with its name', async () => {
  const { version } = await read();
  const faults: [string, string | RegExp][] = [
    [ENTRY.replace('minimumLikes: 1', 'minimumLikes: few'), /^settings:2: minimumLikes: expected number/],
    [ENTRY.replace('24h', '1s'), /^settings:4: refresh: this is changed in feeds.yaml only/],
    [`${ENTRY}audience: signed-in\n`, /^settings:7: audience: this is changed/],
    [ENTRY.replace(`'${ANN}', `, ''), /^settings:5: hosts: this is changed/],
    [ENTRY.replace('kind: top', 'kind: hot'), /^settings:1: kind: this is changed/],
    [`${ENTRY}labels: { exclude: [] }\n`, /^settings:7: labels: this is changed/],
    [ENTRY.replace('validOnly: false\n', ''), /validOnly: this is changed/],
    [ENTRY.replace('share: 5', 'share: 95'), /^settings:6: variants: this is changed/],
    [`${ENTRY}__proto__: { window: 1h }\n`, /__proto__/],
    [`${ENTRY}window: 1m\nminimumAge: 5m\n`, /minimumAge: expected less than window/],
  ];
  for (const [settings, message] of faults) {
    const { status, body } = await save(settings, version);
    expect([status, body.message]).toEqual([400, expect.stringMatching(message)]);
  }
  expect((await here.send('PUT', URL, ann.reading, { feedName: 'best', settings: CHANGED, version })).status).toBe(403);
  expect((await read()).version).toBe(version);
});

test('settings that the feeds file no longer fits are set aside, and the file holds', async () => {
  const { version, overrides } = await read();
  expect(overrides).toHaveLength(1);
  await using other = await start(
    '{ kind: list, list: at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.graph.list/3k, refresh: 24h, ' +
      `hosts: ['${ANN}'] }`,
  );
  expect(await read(other)).toMatchObject({ version, fault: expect.stringMatching(/^minimumLikes: /) });
  const checks = await readiness(other.feedgen.context, async () => [])();
  expect(checks.find(({ name }) => name === 'saved settings of best')).toMatchObject({
    ok: true,
    detail: /minimumLikes/,
  });
});

test('an operator sees which feeds have saved settings, and their entries', async () => {
  const { out } = await admin('feed', 'settings');
  expect(out).toEqual([expect.stringMatching(/^best\t\S+Z\t\S+ \(console\)\tminimumLikes: 1 → [34]$/)]);
  const entry = await admin('feed', 'settings', 'best');
  expect(entry.out.join('\n')).toMatch(/^kind: top # the best\nminimumLikes: [34]\n/);
});

test('a host goes back to the feeds file, and the history has every change', async () => {
  const { version } = await read();
  expect((await back(version + 1)).status).toBe(409);
  const answer = feedSettings.parse((await back(version)).body);
  expect(answer).toMatchObject({ settings: ENTRY, overrides: [] });
  expect(answer.version).toBeGreaterThan(version);
  for (const instance of [here, there]) await until(async () => (await shown(instance)).length === 2);
  const { entries } = (await here.get('/api/admin/audit_log?feedName=best', ann.reading)).body;
  expect(entries.map(({ action, note }) => `${action} ${note}`)).toEqual([
    expect.stringMatching(/^settings minimumLikes: [34] → 1$/),
    expect.stringMatching(/^settings minimumLikes: 2 → [34]$/),
    'settings minimumLikes: 1 → 2',
  ]);
  expect((await admin('feed', 'settings')).out).toEqual([]);
});

test('a host who sends settings all the time is told to wait', async () => {
  const statuses = new Set<number>();
  for (let times = 0; times < 90 && !statuses.has(429); times++)
    statuses.add((await save('kind: few\n', 0, bea)).status);
  expect([...statuses]).toEqual([400, 429]);
});
