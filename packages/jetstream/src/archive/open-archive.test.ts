import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, readConfig } from '@updraft/service';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { likeSegment, startArchive } from './archive-server.fixture.ts';
import { archiveEnvironment, archiveSettings, readArchiveSettings } from './archive-settings.ts';
import { openArchive } from './open-archive.ts';
import { readArchive } from './read-archive.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-archive-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const settingsOf = (env: Record<string, string>, hosts: string[] = []) =>
  archiveSettings(readConfig(archiveEnvironment, env), hosts);

test('the archive is that of the first host that speaks v2, unless the environment names another', () => {
  const hosts = ['wss://one.example/subscribe', 'wss://two.example', 'wss://three.example'];
  expect(settingsOf({}, hosts)?.address).toBe('wss://two.example');
  expect(settingsOf({ JETSTREAM_ARCHIVE_URL: 'https://four.example' }, hosts)?.address).toBe('https://four.example');
  expect(settingsOf({}, hosts.slice(0, 1))).toBeUndefined();
});

test('a command reads the archive of the host that the indexer reads, and the public one where nothing is said', () => {
  expect(readArchiveSettings({})?.address).toBe('wss://jetstream.us-east.bsky.network');
  expect(readArchiveSettings({ WS_URL: 'wss://a.example/subscribe,wss://b.example' })?.address).toBe('wss://b.example');
  expect(readArchiveSettings({ WS_URL: 'wss://a.example/subscribe' })).toBeUndefined();
});

test('a key that could not be a header and an address that bears a password are refused without being shown', () => {
  const fault = (env: Record<string, string>): string => {
    try {
      settingsOf(env);
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
    }
    return 'no fault';
  };
  expect(fault({ JETSTREAM_API_KEY: 'my secret\n' })).toBe('JETSTREAM_API_KEY: expected a key without spaces');
  expect(fault({ JETSTREAM_ARCHIVE_URL: 'https://me:secret@four.example' })).not.toContain('secret@');
  expect(fault({ JETSTREAM_ARCHIVE_URL: 'ftp://four.example' })).toContain('JETSTREAM_ARCHIVE_URL: expected');
});

test('an archive that is opened gives its events with the key of the environment, and ends its threads', async () => {
  const server = await startArchive([await likeSegment('a.jss', 1, 25)]);
  try {
    const settings = { address: server.address, apiKey: 'k1', folder };
    const seqs: number[] = [];
    await using opened = openArchive(settings, { reading: 'test' });
    for await (const { lines } of readArchive({ ...opened, afterSeq: 0 }, new AbortController().signal))
      seqs.push(...lines.map((line) => JSON.parse(line).cursor));
    expect(seqs).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
    expect(new Set(server.seen.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer k1']));
  } finally {
    await server.close();
  }
});
