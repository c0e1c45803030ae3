import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { projectRoot } from '../project-root.ts';
import type { Network } from './network.ts';
import type { StartOptions } from './options.ts';

/** The folder that this run owns: `.data`, or `.data/offset-N` for one with its ports moved. */
export function ownFolder({ data, portOffset }: Pick<StartOptions, 'data' | 'portOffset'>): string {
  if (data !== undefined) return resolve(data);
  const shared = join(projectRoot, '.data');
  return portOffset === 0 ? shared : join(shared, `offset-${portOffset}`);
}

/**
 * Where the databases of a network lie. The public network has the folder itself; a played file and a simulated world have one of
 * their own, for their events must not mix with it, and a cursor means something in one stream only.
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

/** Deletes what the folder holds, but neither the note of who owns it nor the folders of runs with their ports moved. */
export async function emptyFolder(own: string): Promise<void> {
  const kept = /^(run\.json(\.new)?|offset-\d+)$/;
  for (const name of await readdir(own)) {
    if (!kept.test(name)) await rm(join(own, name), { recursive: true, force: true });
  }
}
