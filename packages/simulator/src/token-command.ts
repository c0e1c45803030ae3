import { randomUUID } from 'node:crypto';
import { Command, Option } from '@commander-js/extra-typings';
import { fail, readNumber } from './command-line.ts';
import { createKeys } from './keys.ts';
import { createAccounts } from './world/accounts.ts';

const {
  as: did,
  lxm,
  seconds,
  plc,
  service,
  ...world
} = new Command('pnpm viewer-token')
  .description(
    'Mints the token that the server of a viewer would make. For accounts of the simulated network only: nobody has the keys of others.',
  )
  .requiredOption('--as <did>', 'the viewer')
  .option('--lxm <nsid>', 'the method that it is for', 'app.bsky.feed.getFeedSkeleton')
  .option('--seconds <n>', 'how long it is valid; services refuse more than an hour', readNumber, 3_600)
  .addOption(
    new Option('--service <url>', 'the feed generator that the token is for')
      .env('SERVICE_ENDPOINT')
      .default('http://127.0.0.1:8094'),
  )
  .addOption(
    new Option('--plc <url>', "the simulated network's PLC directory").env('PLC_HOST').default('http://127.0.0.1:2582'),
  )
  .option('--seed <n>', "that network's seed", readNumber, 1)
  .option('--accounts <n>', 'how many accounts it has', readNumber, 2_000)
  .showHelpAfterError()
  .parse()
  .opts();

const key = await createKeys(world.seed, createAccounts(world.seed, world.accounts)).signingKeyOf(did);
if (key === undefined)
  fail(
    `${did} is not an account of the simulated network (seed ${world.seed}, ${world.accounts} accounts): only its own server has the key of a real account, and mints tokens by com.atproto.server.getServiceAuth`,
  );
// A service refuses a token when its PLC directory does not know the key.
const answer = await fetch(`${plc}/${did}`).catch(() =>
  fail(`the PLC directory ${plc} (PLC_HOST) does not answer: is the simulated network running?`),
);
if (!(await answer.text()).includes(`"${key.did().slice('did:key:'.length)}"`))
  fail(
    `the PLC directory ${plc} (PLC_HOST) does not know ${did} by that key: it runs another network, or another --seed`,
  );

const now = Math.floor(Date.now() / 1000);
const claims = { iss: did, aud: didOfService(service), lxm, iat: now, exp: now + seconds, jti: randomUUID() };
const message = `${encode({ typ: 'JWT', alg: key.jwtAlg })}.${encode(claims)}`;
process.stdout.write(`${message}.${Buffer.from(await key.sign(Buffer.from(message))).toString('base64url')}\n`);

/** A loopback address is `localhost` in a did:web, with its port; elsewhere a did:web has no port. */
function didOfService(endpoint: string): string {
  const { hostname, port } = new URL(endpoint);
  return /^(?:127\.|localhost$|\[::1\]$)/.test(hostname) ? `did:web:localhost%3A${port}` : `did:web:${hostname}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
