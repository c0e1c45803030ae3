import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const DIGEST = `sha256:${'ab'.repeat(32)}`;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-pin-'));
  for (const name of ['docker-compose.yml', 'scripts/pin-images.sh']) await cp(join(root, name), join(folder, name));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs with a docker that says this of each image. */
async function pin(repoDigests: string): Promise<boolean> {
  await writeFile(join(folder, 'docker'), `#!/bin/sh\n[ "$1" = pull ] || printf '${repoDigests}'\n`);
  await chmod(join(folder, 'docker'), 0o755);
  try {
    const env = { ...process.env, PATH: [folder, process.env['PATH']].join(delimiter) };
    execFileSync(join(folder, 'scripts/pin-images.sh'), { cwd: folder, stdio: 'pipe', env });
    return true;
  } catch {
    return false;
  }
}
const written = () => readFile(join(folder, '.env'), 'utf8').catch(() => undefined);

test('each image gets the digest that docker has of it; what else stands in .env stays, and twice is once', async () => {
  await writeFile(join(folder, '.env'), 'PUBLISH_ON=0.0.0.0\nREDIS_IMAGE=old\n');
  for (let times = 0; times < 2; times++) expect(await pin(`some/image@${DIGEST}\\n`)).toBe(true);
  const lines = (await written())?.trim().split('\n') ?? [];
  expect(lines[0]).toBe('PUBLISH_ON=0.0.0.0');
  expect(lines).toContain(`REDIS_IMAGE=redis:7-bookworm@${DIGEST}`);
  expect(lines).toContain(`NODE_IMAGE=node:26-bookworm-slim@${DIGEST}`);
  expect(new Set(lines.map((line) => line.split('=')[0])).size).toBe(lines.length);
  expect(lines).toHaveLength(7);
});

test('no digest, no line: none is made up', async () => {
  expect(await pin('')).toBe(false);
  expect(await written()).toBeUndefined();
});
