import { readAccountName } from '@updraft/atproto';
import { type Command, CommandError, type CommandIo, type CommandOptions } from '@updraft/command';
import { type ApiKeyRow, readApiKeys, type StoredApiKey, writeApiKey } from '@updraft/store';
import { readFeedsConfig } from '../config.ts';
import { type Feed, feedByName } from '../feeds-file/feed.ts';
import { readFeedsFile } from '../feeds-file/read-feeds.ts';
import { createApiKey } from '../keys/api-key.ts';
import { openStores } from './config.ts';

/** `pnpm admin api-key create | list | revoke`. */
export const apiKeyCommands: readonly Command[] = [
  {
    subject: 'api-key',
    verb: 'create',
    usage: '--feed NAME [--feed NAME …] --for DID',
    summary: 'Makes a key of the admin API for these feeds and shows it, this once.',
    options: { feed: { type: 'string', multiple: true }, for: { type: 'string' } },
    run: create,
  },
  { subject: 'api-key', verb: 'list', usage: '', summary: 'Lists the keys, without the keys themselves.', run: list },
  { subject: 'api-key', verb: 'revoke', usage: 'ID', summary: 'Ends a key, at once and for good.', run: revoke },
];

async function create(_positionals: readonly string[], options: CommandOptions, io: CommandIo): Promise<void> {
  const owner = typeof options['for'] === 'string' ? readAccountName(options['for'])?.did : undefined;
  if (owner === undefined) throw new CommandError('--for must be the DID of the person whose key it is');
  const { feeds } = await readFeedsFile(readFeedsConfig(io.env).feedsFile);
  const names = (Array.isArray(options['feed']) ? options['feed'] : []).map(String);
  if (names.length === 0)
    throw new CommandError('--feed must name a feed that the key is for; it may be given several times');
  const aliases = names.map((name) => requireFeed(feeds, name).alias);
  const { key, keyId, keyHash } = createApiKey();
  const now = Date.now();
  await using stores = openStores(io);
  await writeApiKey(stores.clickhouse, {
    keyId,
    keyHash,
    feeds: aliases,
    actorDid: owner,
    createdAt: now,
    revokedAt: 0,
    version: now * 1000,
  });
  await stores.bus.publish({ kind: 'api-keys' });
  io.note(`The key ${keyId} for ${aliases.join(', ')}. It is shown this once; send it as the header X-API-Key.`);
  io.out(key);
}

function requireFeed(feeds: ReadonlyMap<string, Feed>, name: string): Feed {
  const feed = feedByName(feeds, name);
  if (feed === undefined) throw new CommandError(`there is no feed ${name} in the feeds file`);
  return feed;
}

async function list(_positionals: readonly string[], _options: CommandOptions, io: CommandIo): Promise<void> {
  await using stores = openStores(io);
  const keys = await readApiKeys(stores.clickhouse);
  io.out(['id', 'feeds', 'for', 'created', 'last used', 'revoked'].join('\t'));
  for (const key of keys) {
    io.out(
      [
        key.keyId,
        key.feeds.join(','),
        key.actorDid,
        moment(key.createdAt),
        moment(key.lastUsedAt),
        moment(key.revokedAt),
      ].join('\t'),
    );
  }
}

function moment(ms: number): string {
  return ms === 0 ? '-' : new Date(ms).toISOString();
}

async function revoke([id]: readonly string[], _options: CommandOptions, io: CommandIo): Promise<void> {
  if (id === undefined) throw new CommandError('which key? pnpm admin api-key list shows their ids');
  await using stores = openStores(io);
  const key = (await readApiKeys(stores.clickhouse)).find(({ keyId }) => keyId === id);
  if (key === undefined) throw new CommandError(`there is no key ${id}`);
  if (key.revokedAt !== 0) throw new CommandError(`the key ${id} was revoked on ${moment(key.revokedAt)}`);
  await writeApiKey(stores.clickhouse, revoked(key, Date.now()));
  await stores.bus.publish({ kind: 'api-keys' });
  io.out(`the key ${id} is revoked`);
}

function revoked({ keyId, keyHash, feeds, actorDid, createdAt, version }: StoredApiKey, now: number): ApiKeyRow {
  return { keyId, keyHash, feeds, actorDid, createdAt, revokedAt: now, version: Math.max(now * 1000, version + 1) };
}
