import { randomUUID } from 'node:crypto';
import { accountDid, type BuildProgram, CommandError, type CommandIo, wholeNumber } from '@updraft/command';
import { readFeedsConfig } from '@updraft/feedgen';
import { createDidResolver, createSafeFetch, parseDidKey } from '@updraft/identity';
import { createAccounts, createKeys } from '@updraft/simulator';

/** Where `npm start` runs the simulated network's PLC directory. */
const SIMULATED_PLC = 'http://127.0.0.1:2582';
const FEED_SKELETON = 'app.bsky.feed.getFeedSkeleton';

/** Longer ones are refused. */
const MAX_SECONDS = 3_600;

/** `pnpm admin token --as DID`: a token such as the viewer's own server would make, for accounts of the simulated network. */
export const addTokenCommand: BuildProgram = (program, io) => {
  program
    .command('token')
    .description("Mints a viewer's token, for accounts of the simulated network only: nobody has the keys of others.")
    .requiredOption('--as <did>', 'the viewer', accountDid)
    .option('--lxm <nsid>', 'the method that it is for', FEED_SKELETON)
    .option('--seconds <n>', 'how long it is valid', wholeNumber(0, MAX_SECONDS), MAX_SECONDS)
    .option('--seed <n>', "the simulated network's seed", wholeNumber(0, 999_999_999), 1)
    .option('--accounts <n>', 'how many accounts that network has', wholeNumber(0, 999_999_999), 2_000)
    .action((options) => mint(options, io));
};

interface TokenOptions {
  readonly as: string;
  readonly lxm: string;
  readonly seconds: number;
  readonly seed: number;
  readonly accounts: number;
}

async function mint({ as: did, lxm, seconds, seed, accounts: count }: TokenOptions, io: CommandIo): Promise<void> {
  const config = readFeedsConfig({ PLC_HOST: SIMULATED_PLC, ...io.env });
  const accounts = createAccounts(seed, count);
  const key = await createKeys(seed, accounts).signingKeyOf(did);
  if (key === undefined) {
    throw new CommandError(
      `${did} is not an account of the simulated network (seed ${seed}, ${accounts.count} accounts): only its own server has the key of a real account, and mints tokens by com.atproto.server.getServiceAuth`,
    );
  }
  await requireKnownKey(did, key.did(), config.plcHost);
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: did,
    aud: config.service.did,
    lxm,
    iat: now,
    exp: now + seconds,
    jti: randomUUID(),
  };
  const message = `${encode({ typ: 'JWT', alg: key.jwtAlg })}.${encode(claims)}`;
  io.out(`${message}.${Buffer.from(await key.sign(Buffer.from(message))).toString('base64url')}`);
}

/** A token that the service would refuse helps nobody: its PLC directory must know the same key. */
async function requireKnownKey(did: string, didKey: string, plcHost: string): Promise<void> {
  const resolver = createDidResolver({ plcHost, safeFetch: createSafeFetch() });
  const document = await resolver.resolve(did).catch((cause: unknown) => {
    throw new CommandError(
      `the PLC directory ${plcHost} (PLC_HOST) does not answer: is the simulated network running?`,
      { cause },
    );
  });
  const [known, made] = [document?.signingKey, parseDidKey(didKey)];
  if (known === undefined || made === undefined || Buffer.compare(known.point, made.point) !== 0) {
    throw new CommandError(
      `the PLC directory ${plcHost} (PLC_HOST) does not know ${did} by that key: it runs another network, or with another --seed`,
    );
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
