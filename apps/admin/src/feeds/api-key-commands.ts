import {
  accountDid,
  type BuildProgram,
  CommandError,
  type CommandIo,
  each,
  JSON_OPTION,
  writeRow,
} from '@updraft/command';
import { createApiKey, readFeedsConfig, readFeedsFile } from '@updraft/feeds';
import { type ApiKeyRow, readApiKeys, type StoredApiKey, writeApiKey } from '@updraft/store';
import { openStores } from '../open-stores.ts';
import { requireFeed } from './require-feed.ts';

/** `pnpm admin api-key create | list | revoke`. */
export const addApiKeyCommands: BuildProgram = (program, io) => {
  const apiKey = program.command('api-key').description('Keys of the admin API.');
  apiKey
    .command('create')
    .description('Makes a key of the admin API for these feeds and shows it once.')
    .requiredOption('--feed <name>', 'a feed that the key is for; may be given several times', each(String))
    .requiredOption('--for <did>', 'the person whose key it is', accountDid)
    .action(({ feed, for: owner }) => create(feed, owner, io));
  apiKey
    .command('list')
    .description('Lists the keys, without the keys themselves.')
    .option(...JSON_OPTION)
    .action((options) => list(options, io));
  apiKey
    .command('revoke')
    .description('Revokes a key, at once and for good.')
    .argument('<id>', 'as pnpm admin api-key list shows it')
    .action((id) => revoke(id, io));
};

async function create(names: readonly string[], owner: string, io: CommandIo): Promise<void> {
  const { feeds } = await readFeedsFile(readFeedsConfig(io.env).feedsFile);
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
  await stores.tell({ kind: 'api-keys' });
  io.note(`The key ${keyId} for ${aliases.join(', ')}. It is shown only now. Send it as the header X-API-Key.`);
  io.out(key);
}

async function list(options: { readonly json?: true | undefined }, io: CommandIo): Promise<void> {
  await using stores = openStores(io);
  const keys = await readApiKeys(stores.clickhouse);
  if (options.json !== true) io.out(['id', 'feeds', 'for', 'created', 'last used', 'revoked'].join('\t'));
  for (const { keyId, feeds, actorDid, createdAt, lastUsedAt, revokedAt } of keys) {
    const [created, lastUsed, revokedOn] = [createdAt, lastUsedAt, revokedAt].map(moment);
    const data = { id: keyId, feeds, for: actorDid, created, lastUsed, revoked: revokedOn };
    const columns = [keyId, feeds.join(','), actorDid, created ?? '-', lastUsed ?? '-', revokedOn ?? '-'];
    writeRow(io, options, columns, data);
  }
}

/** Undefined for what never happened. */
function moment(ms: number): string | undefined {
  return ms === 0 ? undefined : new Date(ms).toISOString();
}

async function revoke(id: string, io: CommandIo): Promise<void> {
  await using stores = openStores(io);
  const key = (await readApiKeys(stores.clickhouse)).find(({ keyId }) => keyId === id);
  if (key === undefined) throw new CommandError(`there is no key ${id}`);
  if (key.revokedAt !== 0) throw new CommandError(`the key ${id} was revoked on ${moment(key.revokedAt)}`);
  await writeApiKey(stores.clickhouse, revoked(key, Date.now()));
  await stores.tell({ kind: 'api-keys' });
  io.out(`the key ${id} is revoked`);
}

function revoked({ keyId, keyHash, feeds, actorDid, createdAt, version }: StoredApiKey, now: number): ApiKeyRow {
  return { keyId, keyHash, feeds, actorDid, createdAt, revokedAt: now, version: Math.max(now * 1000, version + 1) };
}
