import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { verifyJwt } from '@atproto/xrpc-server';
import { createWorld, type PlcDirectory, startPlcDirectory, type World } from '@updraft/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROGRAM_ENV } from './indexer/program.ts';

const MAIN = join(import.meta.dirname, '../packages/simulator/src/token-command.ts');
const SKELETON = 'app.bsky.feed.getFeedSkeleton';

let world: World;
let plc: PlcDirectory;

beforeAll(async () => {
  world = createWorld({ seed: 7, accounts: 50 });
  plc = await startPlcDirectory(world);
});
afterAll(() => plc.close());

/** Runs `pnpm viewer-token …` as a person does. */
function token(...args: string[]): Promise<{ code: number; out: string; note: string }> {
  const env = { ...PROGRAM_ENV, PLC_HOST: plc.url };
  const { promise, resolve } = Promise.withResolvers<{ code: number; out: string; note: string }>();
  execFile(process.execPath, [MAIN, ...args], { env }, (error, out, note) => {
    resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: out.trim(), note: note.trim() });
  });
  return promise;
}

describe('pnpm viewer-token', () => {
  test('mints tokens that the reference implementation takes, by both curves', async () => {
    const accounts = [0, 3]; // every fourth has a P-256 key
    const minted = await Promise.all(
      accounts.map((n) => token('--as', world.accounts.did(n), '--seed', '7', '--accounts', '50')),
    );
    for (const [index, { code, out }] of minted.entries()) {
      expect(code).toBe(0);
      const key = await plc.signingKeyOf(world.accounts.did(accounts[index] ?? 0));
      const payload = await verifyJwt(out, 'did:web:localhost%3A8094', SKELETON, async () => key?.did() ?? '');
      expect(payload).toMatchObject({ iss: world.accounts.did(accounts[index] ?? 0), lxm: SKELETON });
    }
  });

  test('mints tokens for the service that is named', async () => {
    const did = world.accounts.did(1);
    const { out } = await token(
      '--as',
      did,
      '--seed',
      '7',
      '--accounts',
      '50',
      '--service',
      'https://feeds.example:444/',
    );
    const key = await plc.signingKeyOf(did);
    expect(await verifyJwt(out, 'did:web:feeds.example', SKELETON, async () => key?.did() ?? '')).toBeDefined();
  });

  test('says why there is none for others, and for accounts of another seed', async () => {
    const [real, other, nobody] = await Promise.all([
      token('--as', 'did:plc:z72i7hdynmk6r22z27h6tvur', '--seed', '7', '--accounts', '50'),
      token('--as', createWorld({ seed: 8, accounts: 50 }).accounts.did(1), '--seed', '8', '--accounts', '50'),
      token(),
    ]);
    expect(real).toMatchObject({
      code: 1,
      out: '',
      note: expect.stringMatching(/not an account of the simulated network.*only its own server has the key/),
    });
    expect(other).toMatchObject({ code: 1, out: '', note: expect.stringMatching(/does not know .* by that key/) });
    expect(nobody).toMatchObject({ code: 1, out: '', note: expect.stringContaining('--as') });
  });
});
