import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { PROJECT_ROOT } from '../project-root.ts';
import type { Network } from './network.ts';
import type { StartOptions } from './options.ts';

/** The folder that this run owns: that of --data, `.data`, or `.data/offset-N` with --port-offset. */
export function ownFolder({ data, portOffset }: Pick<StartOptions, 'data' | 'portOffset'>): string {
  if (data !== undefined) return resolve(data);
  const shared = join(PROJECT_ROOT, '.data');
  return portOffset === 0 ? shared : join(shared, `offset-${portOffset}`);
}

/** A path as people are shown it: seen from the current folder. */
export function fromHere(path: string): string {
  return relative(process.cwd(), path) || path;
}

/**
 * Where the databases of a network lie: in the folder itself for the public network, in a folder of their own for a played file or a
 * simulated world. Their events must not mix, and a cursor is valid in one stream only.
 */
export function networkFolder(own: string, network: Network): string {
  if (network.kind === 'jetstream') return own;
  return join(own, network.kind === 'play' ? `played-${fileLabel(network.file)}` : `simulated-${network.seed}`);
}

function fileLabel(file: string): string {
  const hash = createHash('sha256').update(resolve(file)).digest('hex').slice(0, 8);
  const name = basename(file).replaceAll(/[^A-Za-z0-9._-]/g, '_');
  return `${name.slice(0, 60)}-${hash}`;
}

/** Deletes what the folder holds, except the note of its owner and the folders of runs with --port-offset. */
export async function emptyFolder(own: string): Promise<void> {
  const kept = /^(run\.json(\.new)?|offset-\d+)$/;
  for (const name of await readdir(own)) {
    if (!kept.test(name)) await rm(join(own, name), { recursive: true, force: true });
  }
}
