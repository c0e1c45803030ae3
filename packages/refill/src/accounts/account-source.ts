import {
  type Accounts,
  createAccounts,
  createDidDirectory,
  createDidResolver,
  createHandles,
  createSafeFetch,
} from '@updraft/identity';
import { createSpool, type Spool } from '@updraft/repository';
import { createRateLimit } from '@updraft/service';
import { type ClickHouse, didOfHandle } from '@updraft/store';

/** Finds accounts and downloads their repositories. */
export interface AccountSource {
  readonly accounts: Accounts;
  readonly spool: Spool;
}

export interface AccountSourceOptions {
  readonly plcHost: string;
  /** Tests only, which have no DNS either: handles that events named count. */
  readonly allowPrivateAddresses: boolean;
  /** For repositories while they are read; emptied at the start. */
  readonly directory: string;
  readonly clickhouse: ClickHouse;
}

const MAX_BYTES = 1_000_000_000;
const DOWNLOAD_TIMEOUT_MS = 900_000;
/** As servers read it. */
const USER_AGENT = 'updraft';
/** An operator's command and the indexer have no callers to hold back. */
const NO_LIMIT = { burst: 10_000, perSecond: 100 };

/** Each request is bounded in size and time, and goes to public addresses only. */
export async function openAccountSource(options: AccountSourceOptions): Promise<AccountSource> {
  const { plcHost, allowPrivateAddresses, directory, clickhouse } = options;
  const safeFetch = createSafeFetch({ allowPrivateAddresses });
  const resolver = createDidResolver({ plcHost, safeFetch, allowLocalhost: allowPrivateAddresses });
  const dids = createDidDirectory({ resolver });
  const limit = createRateLimit(NO_LIMIT);
  const indexedHandle = allowPrivateAddresses ? (handle: string) => didOfHandle(clickhouse, handle) : undefined;
  return {
    accounts: createAccounts({
      dids,
      handles: createHandles({ dids, safeFetch }),
      lookUps: { perCaller: limit, inAll: limit },
      indexedHandle,
    }),
    spool: await createSpool({
      safeFetch: createSafeFetch({
        allowPrivateAddresses,
        timeoutMs: DOWNLOAD_TIMEOUT_MS,
        maxBytes: MAX_BYTES + 1_000_000,
      }),
      directory,
      maxBytes: MAX_BYTES,
      userAgent: USER_AGENT,
      idleTimeoutMs: 20_000,
      minBytesPerSecond: 10_000,
    }),
  };
}
