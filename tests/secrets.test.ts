import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findProgram } from './observability/prometheus.ts';

const root = join(import.meta.dirname, '..');
const sops = findProgram('sops');
const just = join(root, 'node_modules/.bin/just');
let folder: string;

/** A fresh clone, as far as secrets go. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-secrets-'));
  for (const name of ['.sops.yaml', 'justfile', 'scripts/env-files.sh']) await cp(join(root, name), join(folder, name));
  const isGiven = (path: string) => !path.endsWith('.env') || path.endsWith('.enc.env');
  await cp(join(root, 'env'), join(folder, 'env'), { recursive: true, filter: isGiven });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** What a command says on stderr, and whether it succeeded. With `PATH` it sees no sops but in the folders named there. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): { ok: boolean; said: string } {
  try {
    execFileSync(program, args, { cwd: folder, stdio: 'pipe', env: { ...withoutKey(), ...env } });
    return { ok: true, said: '' };
  } catch (error) {
    return { ok: false, said: (error as { stderr: Buffer }).stderr.toString() };
  }
}

function withoutKey(): NodeJS.ProcessEnv {
  const { SOPS_AGE_KEY_FILE: _mine, ...env } = process.env;
  return env;
}

const withoutSops = { PATH: `/usr/bin${delimiter}/bin` };
const envFiles = (...names: string[]) => run('scripts/env-files.sh', names, withoutSops);
const read = (name: string) => readFile(join(folder, 'env', name), 'utf8');
const valueOf = async (name: string, variable: string) =>
  new RegExp(`^${variable}=(.*)$`, 'm').exec(await read(name))?.[1];

describe('a start without sops', () => {
  test('makes secrets of its own, which only the owner can read, and keeps them', async () => {
    expect(envFiles('common', 'search')).toEqual({ ok: true, said: '' });
    const password = await valueOf('common.env', 'CLICKHOUSE_PASSWORD');
    expect(password).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(Buffer.from((await valueOf('search.env', 'CLEANUP_TOKEN_KEY')) ?? '', 'base64')).toHaveLength(32);
    expect((await stat(join(folder, 'env/common.env'))).mode & 0o777).toBe(0o600);
    expect(envFiles('common').ok).toBe(true);
    expect(await valueOf('common.env', 'CLICKHOUSE_PASSWORD')).toBe(password);
  });

  test('names every needed secret that is missing, all together', async () => {
    await writeFile(join(folder, 'env/common.env'), 'CLICKHOUSE_PASSWORD=\nREDIS_ADDRESS=redis:6379\n');
    await writeFile(join(folder, 'env/search.env'), '');
    const { ok, said } = envFiles('common', 'search');
    expect(ok).toBe(false);
    expect(said).toContain('CLICKHOUSE_PASSWORD is needed, and not set in env/common.env');
    expect(said).toContain('CLEANUP_TOKEN_KEY is needed, and not set in env/search.env');
  });

  test('says so when sops is asked for', () => {
    expect(run(just, ['secrets-decrypt'], { PATH: `${join(root, 'node_modules/.bin')}:/usr/bin:/bin` }).ok).toBe(false);
  });
});

describe.skipIf(sops === undefined)('with sops (skipped where there is none)', () => {
  test('just secrets-decrypt gives the development values', async () => {
    expect(run(just, ['secrets-decrypt'])).toMatchObject({ ok: true });
    expect(await valueOf('common.env', 'CLICKHOUSE_PASSWORD')).toBe('development');
    expect(await valueOf('observability.env', 'GF_SECURITY_ADMIN_PASSWORD')).toBe('development');
  });

  test('just secrets-encrypt keeps what was written, and shows nothing of it', async () => {
    await writeFile(join(folder, 'env/common.env'), 'CLICKHOUSE_PASSWORD=correct horse\n');
    expect(run(just, ['secrets-encrypt', 'common'])).toMatchObject({ ok: true });
    expect(await read('common.enc.env')).not.toContain('horse');
    await rm(join(folder, 'env/common.env'));
    expect(
      run('scripts/env-files.sh', ['common'], { SOPS_AGE_KEY_FILE: join(folder, 'env/development.agekey') }),
    ).toEqual({ ok: true, said: '' });
    expect(await valueOf('common.env', 'CLICKHOUSE_PASSWORD')).toBe('correct horse');
  });

  test('a start decrypts, but never over what somebody wrote', async () => {
    const key = { SOPS_AGE_KEY_FILE: join(folder, 'env/development.agekey') };
    await writeFile(join(folder, 'env/common.env'), 'CLICKHOUSE_PASSWORD=mine\n');
    expect(run('scripts/env-files.sh', ['common', 'search'], key).ok).toBe(true);
    expect(await valueOf('common.env', 'CLICKHOUSE_PASSWORD')).toBe('mine');
    expect(await read('search.env')).toMatch(/^# Decrypted from env\/search\.enc\.env/);
  });

  test('a start without the key says so', async () => {
    const { ok, said } = run('scripts/env-files.sh', ['common'], { SOPS_AGE_KEY_FILE: join(folder, 'none') });
    expect(ok).toBe(false);
    expect(said).toContain("env/common.enc.env can't be decrypted here");
  });
});
