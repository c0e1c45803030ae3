import { randomUUID } from 'node:crypto';
import { readAccountName } from '@updraft/atproto';
import { type Command, CommandError, type CommandIo, type CommandOptions } from '@updraft/command';
import { readFeedsConfig } from '@updraft/feedgen';
import { createDidResolver, createSafeFetch, parseDidKey } from '@updraft/identity';
import { createAccounts, createKeys } from '@updraft/simulator';

/** Where `npm start` runs the simulated network's PLC directory. */
const SIMULATED_PLC = 'http://127.0.0.1:2582';
const FEED_SKELETON = 'app.bsky.feed.getFeedSkeleton';

/** `pnpm admin token --as DID`: a token such as the viewer's own server would make, for accounts of the simulated network. */
export const tokenCommands: readonly Command[] = [
  {
    subject: 'token',
    usage: '--as DID [--lxm NSID] [--seconds N] [--seed N] [--accounts N]',
    summary: "Mints a viewer's token, for accounts of the simulated network only: nobody has the keys of others.",
    options: {
      as: { type: 'string' },
      lxm: { type: 'string', default: FEED_SKELETON },
      seconds: { type: 'string', default: '3600' },
      seed: { type: 'string', default: '1' },
      accounts: { type: 'string', default: '2000' },
    },
    run: mint,
  },
];

const MAX_SECONDS = 3_600;

async function mint(_positionals: readonly string[], options: CommandOptions, io: CommandIo): Promise<void> {
  const config = readFeedsConfig({ PLC_HOST: SIMULATED_PLC, ...io.env });
  const did = typeof options['as'] === 'string' ? readAccountName(options['as'])?.did : undefined;
  if (did === undefined) throw new CommandError('--as must name the DID of the viewer');
  const seed = wholeNumber('seed', options['seed']);
  const accounts = createAccounts(seed, wholeNumber('accounts', options['accounts']));
  const key = await createKeys(seed, accounts).signingKeyOf(did);
  if (key === undefined) {
    throw new CommandError(
      `${did} is not an account of the simulated network (seed ${seed}, ${accounts.count} accounts): only its own server has the key of a real account, and mints tokens by com.atproto.server.getServiceAuth`,
    );
  }
  await requireKnownKey(did, key.did(), config.plcHost);
  const seconds = wholeNumber('seconds', options['seconds']);
  if (seconds > MAX_SECONDS) throw new CommandError('--seconds may be 3600: a token for longer is refused');
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: did,
    aud: config.service.did,
    lxm: options['lxm'],
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

function wholeNumber(name: string, value: CommandOptions[string]): number {
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) throw new CommandError(`--${name} must be a whole number`);
  return Number(value);
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
