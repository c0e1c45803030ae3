import { type BuildProgram, CommandError, type CommandIo, JSON_OPTION, writeRow } from '@updraft/command';
import { type Feed, type FeedsFile, readFeedsConfig, readFeedsFile, type ServiceIdentity } from '@updraft/feeds';
import { createDidResolver, createSafeFetch } from '@updraft/identity';
import { readConfig } from '@updraft/service';
import { z } from 'zod';
import { requireFeed } from '../feeds/require-feed.ts';
import { openStores } from '../open-stores.ts';
import { readBackfillConfig } from '../refill/config.ts';
import { checkBuilds } from './build-checks.ts';
import { checkClocks } from './clock-checks.ts';
import type { Finding } from './finding.ts';
import { checkDns, checkTls } from './name-checks.ts';
import { checkPersonal, withFallbacks } from './personal-checks.ts';
import { checkRecords } from './record-checks.ts';
import { checkSaved } from './saved-checks.ts';
import { checkDescription, checkDidDocument, checkPage } from './service-checks.ts';
import { checkTokens, type Login } from './token-checks.ts';

/** `pnpm admin feed doctor`, of the command `feed`. */
export const addDoctorCommand: BuildProgram = (feed, io) => {
  feed
    .command('doctor')
    .description(
      'Looks for what keeps readers from the feeds: name, TLS, DID document, endpoint, records, token, builds, clocks.',
    )
    .argument('[name...]', 'feeds; default: all of the feeds file')
    .option(...JSON_OPTION)
    .action((names, options) => examine(names, options, io));
};

async function examine(
  names: readonly string[],
  options: { readonly json?: true | undefined },
  io: CommandIo,
): Promise<void> {
  const { service, feedsFile } = readFeedsConfig(io.env);
  const file = await readFeedsFile(feedsFile);
  const { feeds: all } = file;
  const feeds = names.length === 0 ? [...all.values()] : names.map((name) => requireFeed(all, name));
  const findings = await findAll(service, { file, feeds, built: withFallbacks(feeds, all) }, io);
  for (const { check, state, what, todo } of findings) {
    const columns = [state, check, todo === undefined ? what : `${what} → ${todo}`];
    writeRow(io, options, columns, { check, state, what, ...(todo !== undefined && { todo }) });
  }
  const count = findings.filter(({ state }) => state === 'wrong').length;
  if (count > 0) throw new CommandError(count === 1 ? 'one thing is wrong' : `${count} things are wrong`);
}

interface Examined {
  readonly file: FeedsFile;
  /** Of the file. */
  readonly feeds: readonly Feed[];
  /** Those whose builds are looked at: of personal feeds, what their readers get meanwhile. */
  readonly built: readonly Feed[];
}

/** In the order in which a reader meets what may be wrong. */
async function findAll(service: ServiceIdentity, { file, feeds, built }: Examined, io: CommandIo): Promise<Finding[]> {
  const { plcHost, allowPrivateAddresses } = readBackfillConfig(io.env);
  const safeFetch = createSafeFetch({ allowPrivateAddresses });
  const resolver = createDidResolver({ plcHost, safeFetch, allowLocalhost: allowPrivateAddresses });
  await using stores = openStores(io);
  const findings = await Promise.all([
    checkDns(service.endpoint, allowPrivateAddresses),
    checkTls(service.endpoint),
    checkDidDocument(service),
    checkDescription(service, feeds),
    ...feeds.map((feed) => checkPage(service, feed)),
    checkRecords(service, feeds, resolver),
    checkTokens(service, feeds, readLogin(io.env)),
    checkSaved(stores, file, feeds),
    checkBuilds(stores, built),
    checkPersonal(stores.clickhouse, feeds),
    checkClocks(service, plcHost),
  ]);
  return findings.flat();
}

const Publisher = z.object({
  PUBLISHER_PDS: z.url().optional(),
  PUBLISHER_IDENTIFIER: z.string().optional(),
  PUBLISHER_PASSWORD: z.string().optional(),
});

/** The publisher's, for a token; undefined where it isn't told. */
function readLogin(env: CommandIo['env']): Login | undefined {
  const {
    PUBLISHER_PDS: pds,
    PUBLISHER_IDENTIFIER: identifier,
    PUBLISHER_PASSWORD: password,
  } = readConfig(Publisher, env);
  if (pds === undefined || identifier === undefined || password === undefined) return undefined;
  return { pds, identifier, password };
}
