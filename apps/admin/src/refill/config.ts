import { type ArchiveSettings, readArchiveSettings } from '@updraft/jetstream';
import { flag, list, origin, readConfig } from '@updraft/service';
import { z } from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

const hostsEnvironment = z.object({
  WS_URL: list.refine((hosts) => hosts.every(isSocketAddress), {
    error: "expected 'ws://…' or 'wss://…' addresses of Jetstream hosts, separated by commas",
  }),
});

/** Where gaps are read from: the indexer's own variables. @throws ConfigError */
export function readGapsConfig(env: Environment): {
  readonly hosts: readonly string[];
  readonly archive: ArchiveSettings | undefined;
} {
  return { hosts: readConfig(hostsEnvironment, env).WS_URL, archive: readArchiveSettings(env) };
}

function isSocketAddress(text: string): boolean {
  return URL.canParse(text) && ['ws:', 'wss:'].includes(new URL(text).protocol);
}

const backfillEnvironment = z.object({
  PLC_HOST: origin.prefault('https://plc.directory'),
  ALLOW_PRIVATE_ADDRESSES: flag,
});

/** How accounts' servers are found. @throws ConfigError */
export function readBackfillConfig(env: Environment): {
  readonly plcHost: string;
  readonly allowPrivateAddresses: boolean;
} {
  const { PLC_HOST: plcHost, ALLOW_PRIVATE_ADDRESSES: allowPrivateAddresses } = readConfig(backfillEnvironment, env);
  return { plcHost, allowPrivateAddresses };
}
