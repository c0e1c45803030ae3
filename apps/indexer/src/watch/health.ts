import { protocolOf } from '@updraft/jetstream';
import type { HealthCheck } from '@updraft/service';
import type { Stores } from '../run/stores.ts';
import type { IndexerStatus } from './status.ts';

/** What /readyz and /startupz answer. An indexer waits for its databases first; then it is the active one, or stands by. */
export interface IndexerHealth {
  opened(stores: Pick<Stores, 'check'>): void;
  became(role: 'standby' | 'active'): void;
  role(): 'starting' | 'standby' | 'active';
  isStarted(): boolean;
  isReady(): Promise<HealthCheck[]>;
  /** 'ready', or 'standby': ready to take over. */
  readyWord(): string;
}

/** `labelers` gives a word about each of them. */
export function createHealth(status: Pick<IndexerStatus, 'host'>, labelers: () => HealthCheck[]): IndexerHealth {
  let stores: Pick<Stores, 'check'> | undefined;
  let role: 'starting' | 'standby' | 'active' = 'starting';
  return {
    opened: (opened) => {
      stores = opened;
    },
    became: (next) => {
      role = next;
    },
    role: () => role,
    isStarted: () => role !== 'starting',
    isReady: async () => {
      const checks = (await stores?.check()) ?? [{ name: 'stores', ok: false }];
      return role === 'standby' ? checks : [connection(status.host()), ...checks, ...labelers()];
    },
    readyWord: () => (role === 'standby' ? 'standby' : 'ready'),
  };
}

function connection(host: string | undefined): HealthCheck {
  const lacks = host !== undefined && protocolOf(host) === 'v1' ? ' (v1, without #sync)' : '';
  return {
    name: 'jetstream',
    ok: host !== undefined,
    detail: host === undefined ? 'not connected' : `${host}${lacks}`,
  };
}
