/*
 * In: the variables of the environment that are about an archive. Out: which archive, with which key, over which folder of ours.
 * Keeps: without a host that has one there is no archive, and nothing is asked.
 */

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { list, readConfig } from '@updraft/service';
import { z } from 'zod';
import { protocolOf } from '../host.ts';

const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'ws:', 'wss:']);

function isHostAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, host, username, password } = new URL(text);
  return SCHEMES.has(protocol) && host !== '' && username === '' && password === '';
}

/** The part of a service's or a command's environment that is about the archive. */
export const archiveEnvironment = z.object({
  /** Of the host whose archive is read; unset: the first host of WS_URL that speaks v2. */
  JETSTREAM_ARCHIVE_URL: z
    .string()
    .refine(isHostAddress, { error: "expected the 'https://…' address of a Jetstream host that speaks v2" })
    .optional(),
  /** Sent to that host only. */
  JETSTREAM_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{1,4096}$/, { error: 'expected a key without spaces' })
    .optional(),
  /** For segments while they are read: one or two of them, each up to 1 GiB. */
  ARCHIVE_FOLDER: z.string().default(join(tmpdir(), 'updraft-archive')),
});

export interface ArchiveSettings {
  readonly address: string;
  readonly apiKey: string | undefined;
  /** Each reading has its own folder below. */
  readonly folder: string;
}

/** The archive that the environment names; undefined where it names none and no host of the live stream speaks v2. */
export function archiveSettings(
  env: z.output<typeof archiveEnvironment>,
  hosts: readonly string[],
): ArchiveSettings | undefined {
  const address = env.JETSTREAM_ARCHIVE_URL ?? hosts.find((host) => protocolOf(host) === 'v2');
  return address === undefined ? undefined : { address, apiKey: env.JETSTREAM_API_KEY, folder: env.ARCHIVE_FOLDER };
}

const PUBLIC_HOST = 'wss://jetstream.us-east.bsky.network';

/** For commands: the archive that the environment of the indexer names. @throws ConfigError that names every fault. */
export function readArchiveSettings(env: Readonly<Record<string, string | undefined>>): ArchiveSettings | undefined {
  const { WS_URL: hosts, ...read } = readConfig(archiveEnvironment.extend({ WS_URL: hostList }), env);
  return archiveSettings(read, hosts.length === 0 ? [PUBLIC_HOST] : hosts);
}

const hostList = list.refine((hosts) => hosts.every(isHostAddress), {
  error: "expected 'wss://…' addresses of Jetstream hosts, separated by commas",
});
