import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findProgram } from './observability/prometheus.ts';

const root = join(import.meta.dirname, '..');
const sops = findProgram('sops');
const just = join(root, 'node_modules/.bin/just');
let folder: string;

/** The part of a fresh clone that has to do with secrets. */
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

/** Runs with a sops that gives development values whoever asks, as the real one does with the committed key. */
async function withAnySops(): Promise<NodeJS.ProcessEnv> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  const values =
    'CLICKHOUSE_PASSWORD=development\nREDIS_ADDRESS=redis:6379\nCLEANUP_TOKEN_KEY=ZGV2\nGF_SECURITY_ADMIN_PASSWORD=development';
  await writeFile(join(bin, 'sops'), `#!/bin/sh\ntouch "${folder}/sops-was-asked"\nprintf '${values}\\n'\n`);
  await chmod(join(bin, 'sops'), 0o755);
  return { PATH: [bin, '/usr/bin', '/bin'].join(delimiter) };
}
const wasAsked = () =>
  stat(join(folder, 'sops-was-asked')).then(
    () => true,
    () => false,
  );

describe('the committed development secrets', () => {
  test('are never taken by a start, wherever sops is', async () => {
    const env = await withAnySops();
    expect(run('scripts/env-files.sh', ['common', 'search', 'observability'], env).ok).toBe(true);
    expect(await wasAsked()).toBe(false);
    for (const name of ['common.env', 'search.env', 'observability.env'])
      expect(await read(name)).not.toMatch(/=(development|ZGV2)$/m);
    expect(await valueOf('common.env', 'CLICKHOUSE_PASSWORD')).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect((await stat(join(folder, 'env/common.env'))).mode & 0o777).toBe(0o600);
  });

  test('are taken on request, and stay', async () => {
    const env = await withAnySops();
    expect(run('scripts/env-files.sh', ['--development', 'common', 'indexer', 'search'], env).ok).toBe(true);
    expect(run('scripts/env-files.sh', ['common', 'search'], env).ok).toBe(true);
    expect(await valueOf('common.env', 'CLICKHOUSE_PASSWORD')).toBe('development');
    expect(await valueOf('search.env', 'CLEANUP_TOKEN_KEY')).toBe('ZGV2');
  });

  test('never take the place of what somebody wrote', async () => {
    await writeFile(join(folder, 'env/common.env'), 'CLICKHOUSE_PASSWORD=mine\n');
    expect(run('scripts/env-files.sh', ['--development', 'common'], await withAnySops()).said).toContain(
      'values of its own',
    );
    expect(await valueOf('common.env', 'CLICKHOUSE_PASSWORD')).toBe('mine');
  });

  test('that an earlier version took unasked make place for random ones; sessions under the old key can still be read', async () => {
    const before = '# Decrypted from env/x.enc.env: change that one.\n';
    await writeFile(
      join(folder, 'env/common.env'),
      `${before}CLICKHOUSE_PASSWORD=development\nREDIS_ADDRESS=redis:6379\nLOG_LEVEL=warn\n`,
    );
    await writeFile(join(folder, 'env/search.env'), `${before}CLEANUP_TOKEN_KEY=ZGV2\n`);
    await writeFile(join(folder, 'env/observability.env'), `${before}GF_SECURITY_ADMIN_PASSWORD=development\n`);
    const names = ['common', 'search', 'observability'];
    const { ok } = run('scripts/env-files.sh', names, await withAnySops());
    expect(ok).toBe(true);
    expect(await valueOf('common.env', 'CLICKHOUSE_PASSWORD')).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(await valueOf('common.env', 'LOG_LEVEL')).toBe('warn');
    expect(await valueOf('search.env', 'CLEANUP_TOKEN_KEY')).toMatch(/^[A-Za-z0-9+/]{43}=,ZGV2$/);
    expect(await valueOf('observability.env', 'GF_SECURITY_ADMIN_PASSWORD')).not.toBe('development');
    const password = await valueOf('common.env', 'CLICKHOUSE_PASSWORD');
    expect(run('scripts/env-files.sh', names, await withAnySops()).ok).toBe(true);
    expect(await valueOf('common.env', 'CLICKHOUSE_PASSWORD')).toBe(password);
  });
});

describe('files from before the console', () => {
  const kept = 'CLICKHOUSE_PASSWORD=kept\nCLEANUP_TOKEN_KEY=kept\n';
  const start = async (changed: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) => {
    for (const [name, text] of Object.entries({ 'env/feedgen.env': kept, 'env/search.env': kept, ...changed }))
      await writeFile(join(folder, name), text);
    const { ok } = run('scripts/env-files.sh', ['common', 'indexer', 'feedgen', 'search'], { ...withoutSops, ...env });
    expect(ok).toBe(true);
  };
  const isAsWritten = async (name: string) => expect(await read(name)).toBe(kept);

  test('get the addresses of both services on this machine, once', async () => {
    await start({});
    await start({ 'env/feedgen.env': await read('feedgen.env'), 'env/search.env': await read('search.env') });
    const origins = (text: string) => text.match(/^[A-Z]+_ORIGIN=.*$/gm);
    const [feedgen, search] = [await read('feedgen.env'), await read('search.env')];
    expect(origins(feedgen)).toEqual(['PUBLIC_ORIGIN=http://127.0.0.1:8094', 'SEARCH_ORIGIN=http://127.0.0.1:8092']);
    expect(origins(search)).toEqual(['PUBLIC_ORIGIN=http://127.0.0.1:8092', 'FEEDGEN_ORIGIN=http://127.0.0.1:8094']);
    expect(feedgen.startsWith(kept)).toBe(true);
    expect(await read('indexer.env')).not.toContain('_ORIGIN');
  });

  test('keep what somebody said of the console', async () => {
    const own = `${kept}# PUBLIC_ORIGIN=http://127.0.0.1:8094\n`;
    const off = `${kept}CONSOLE_OFF=true\n`;
    await start({ 'env/feedgen.env': own, 'env/search.env': off });
    expect([await read('feedgen.env'), await read('search.env')]).toEqual([own, off]);
  });

  test('get no address of this machine where browsers come from elsewhere', async () => {
    const served = `${kept}SERVICE_ENDPOINT=https://feeds.example\n`;
    await start({ 'env/feedgen.env': served });
    expect(await read('feedgen.env')).toBe(served);
    await isAsWritten('search.env');
    await start({}, { PUBLISH_ON: '10.0.0.2' });
    await isAsWritten('feedgen.env');
    await start({ '.env': 'PUBLISH_ON=10.0.0.2\n' });
    await isAsWritten('search.env');
  });
});

describe('files from before Redis had a password and the apps users of their own', () => {
  const common =
    'CLICKHOUSE_PASSWORD=kept\nCLICKHOUSE_ADDRESS=clickhouse:8123\nCLICKHOUSE_USERNAME=updraft\nREDIS_ADDRESS=redis:6379\n';

  test('are completed, once, and lose nothing', async () => {
    await writeFile(join(folder, 'env/common.env'), common);
    await writeFile(join(folder, 'env/indexer.env'), 'IDLE_TIMEOUT=30s\n');
    for (let starts = 0; starts < 2; starts++) expect(envFiles('common', 'indexer', 'feedgen', 'search').ok).toBe(true);
    expect(await read('common.env')).toContain(common);
    expect((await read('common.env')).match(/^REDIS_PASSWORD=.{44}$/gm)).toHaveLength(1);
    expect((await read('indexer.env')).match(/^CLICKHOUSE_USERNAME=indexer$/gm)).toHaveLength(1);
    expect(await valueOf('indexer.env', 'IDLE_TIMEOUT')).toBe('30s');
  });

  test('that name databases of one’s own are left as they are', async () => {
    const own =
      'CLICKHOUSE_PASSWORD=kept\nCLICKHOUSE_ADDRESS=db.example:8123\nCLICKHOUSE_USERNAME=me\nREDIS_ADDRESS=r.example:6379\nREDIS_PASSWORD=x\n';
    await writeFile(join(folder, 'env/common.env'), own);
    await writeFile(join(folder, 'env/indexer.env'), 'IDLE_TIMEOUT=30s\n');
    expect(envFiles('common', 'indexer').ok).toBe(true);
    expect(await read('common.env')).toBe(own);
    expect(await read('indexer.env')).toBe('IDLE_TIMEOUT=30s\n');
  });
});

test('the databases’ containers get hashes of the passwords, and no other secret', async () => {
  expect(envFiles('common', 'indexer', 'feedgen', 'search').ok).toBe(true);
  const lines = (await read('clickhouse.env')).split('\n').filter((line) => /^[A-Z]/.test(line));
  const expected = await Promise.all(
    ['indexer', 'feedgen', 'search', 'common'].map(async (name) => {
      const password = (await valueOf(`${name}.env`, 'CLICKHOUSE_PASSWORD')) ?? '';
      const user = await valueOf(`${name}.env`, 'CLICKHOUSE_USERNAME');
      return `CLICKHOUSE_${user?.toUpperCase()}_SHA256=${createHash('sha256').update(password).digest('hex')}`;
    }),
  );
  expect(lines).toEqual(expected);
  expect(new Set(expected.map((line) => line.split('=')[1])).size).toBe(4);
  expect((await read('redis.env')).match(/^[A-Z]\w*/gm)).toEqual(['REDIS_PASSWORD']);
  expect((await stat(join(folder, 'env/redis.env'))).mode & 0o777).toBe(0o600);
});

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

  test("an empty password in quotes is a missing one, and a user without one can't log in", async () => {
    expect(envFiles('common', 'indexer', 'feedgen', 'search').ok).toBe(true);
    const put = async (text: string) =>
      writeFile(
        join(folder, 'env/search.env'),
        (await read('search.env')).replace(/^CLICKHOUSE_(?:USERNAME|PASSWORD)=.*$/gm, text),
      );
    await put("CLICKHOUSE_PASSWORD=''");
    expect(envFiles('search').said).toContain('CLICKHOUSE_PASSWORD is needed, and not set in env/search.env');
    await put('');
    await writeFile(
      join(folder, 'env/common.env'),
      (await read('common.env')).replace(/^CLICKHOUSE_ADDRESS=.*$/m, 'CLICKHOUSE_ADDRESS=db.example:8123'),
    );
    expect(envFiles('common', 'search')).toEqual({ ok: true, said: '' });
    expect(await valueOf('clickhouse.env', 'CLICKHOUSE_SEARCH_SHA256')).toBe('0'.repeat(64));
  });

  test('says so when sops is asked for', () => {
    expect(run(just, ['secrets-decrypt'], { PATH: `${join(root, 'node_modules/.bin')}:/usr/bin:/bin` }).ok).toBe(false);
  });
});

describe.skipIf(sops === undefined)('with sops (skipped where there is none)', () => {
  test.each(['secrets-decrypt', 'dev-secrets'])('just %s gives the development values', async (recipe) => {
    expect(run(just, [recipe])).toMatchObject({ ok: true });
    expect(await valueOf('common.env', 'CLICKHOUSE_PASSWORD')).toBe('development');
    expect(await valueOf('observability.env', 'GF_SECURITY_ADMIN_PASSWORD')).toBe('development');
  });

  test('just secrets-encrypt keeps what was written, and shows nothing of it', async () => {
    await writeFile(
      join(folder, 'env/common.env'),
      '# Development values\nCLICKHOUSE_PASSWORD=correct horse\nREDIS_PASSWORD=x\n',
    );
    expect(run(just, ['secrets-encrypt', 'common'])).toMatchObject({ ok: true });
    expect(await read('common.enc.env')).not.toContain('horse');
    await rm(join(folder, 'env/common.env'));
    expect(run('scripts/env-files.sh', ['--development', 'common'])).toMatchObject({ ok: true });
    expect(await valueOf('common.env', 'CLICKHOUSE_PASSWORD')).toBe('correct horse');
  });

  test('just secrets-encrypt refuses to encrypt anything but development values for everybody’s key', async () => {
    await writeFile(join(folder, 'env/common.env'), 'CLICKHOUSE_PASSWORD=correct horse\n');
    expect(run(just, ['secrets-encrypt', 'common'])).toMatchObject({ ok: false });
    expect(await read('common.enc.env')).not.toContain('horse');
  });
});

describe('env/*.enc.env for a key of one’s own', () => {
  /** As sops leaves it, for another recipient. */
  const ownFile = async (name: string) =>
    writeFile(join(folder, 'env', name), (await read(name)).replace(/map_recipient=\w+/, 'map_recipient=age1mine'));

  test('are decrypted at each start, but never over what somebody wrote', async () => {
    const env = await withAnySops();
    await Promise.all(['common.enc.env', 'search.enc.env'].map(ownFile));
    await writeFile(join(folder, 'env/common.env'), 'CLICKHOUSE_PASSWORD=mine\nREDIS_PASSWORD=x\n');
    await writeFile(join(folder, 'env/search.env'), '# Decrypted from env/search.enc.env\nCLEANUP_TOKEN_KEY=old\n');
    expect(run('scripts/env-files.sh', ['common', 'search'], env).ok).toBe(true);
    expect(await valueOf('common.env', 'CLICKHOUSE_PASSWORD')).toBe('mine');
    expect(await valueOf('search.env', 'CLEANUP_TOKEN_KEY')).toBe('ZGV2');
    expect(await read('search.env')).toMatch(/^# Decrypted from env\/search\.enc\.env/);
  });

  test('that lack a new secret say so: nothing is added that the next start would lose', async () => {
    const env = await withAnySops();
    await ownFile('common.enc.env');
    const { ok, said } = run('scripts/env-files.sh', ['common'], env);
    expect([ok, said]).toEqual([
      false,
      expect.stringContaining('REDIS_PASSWORD is needed, and not set in env/common.env'),
    ]);
  });

  test('can’t be decrypted without the key: the start says so', async () => {
    await ownFile('common.enc.env');
    const { PATH } = await withAnySops();
    await writeFile(join(folder, 'bin/sops'), '#!/bin/sh\nexit 1\n');
    const { ok, said } = run('scripts/env-files.sh', ['common'], { PATH });
    expect(ok).toBe(false);
    expect(said).toContain("env/common.enc.env can't be decrypted here");
  });
});

test('just docker-sql gives the client in the container the password of env/common.env, and no command that others see', async () => {
  await writeFile(join(folder, 'env/common.env'), "CLICKHOUSE_DATABASE=atproto\nCLICKHOUSE_PASSWORD='a$$b \"c'\n");
  const bin = join(folder, 'bin');
  await mkdir(bin);
  // what runs in the container runs here
  await writeFile(join(bin, 'docker'), '#!/bin/sh\necho "$@" > docker-words\nshift 4\nexec "$@"\n', { mode: 0o755 });
  const client = '#!/bin/sh\nprintf "%s\\n" "$CLICKHOUSE_PASSWORD" "$@" > client-words\n';
  await writeFile(join(bin, 'clickhouse-client'), client, { mode: 0o755 });
  const PATH = [bin, '/usr/bin', '/bin'].join(delimiter);
  expect(run(just, ['docker-sql', "SELECT 'x y'"], { PATH })).toEqual({ ok: true, said: '' });
  const words = ['--user', 'updraft', '--database', 'atproto', '--query', "SELECT 'x y'"];
  expect((await readFile(join(folder, 'client-words'), 'utf8')).trim().split('\n')).toEqual(['a$b "c', ...words]);
  expect(await readFile(join(folder, 'docker-words'), 'utf8')).not.toContain('a$b');
});
