import type { Logger } from '@updraft/service';
import { askForAccount, type ClickHouse } from '@updraft/store';
import { LRUCache } from 'lru-cache';

/** Asks, once while the service runs, for each account's repository that a feed needs; an indexer brings it in. Never rejects. */
export function createAccountNeeds({ clickhouse, log }: { clickhouse: ClickHouse; log: Logger }) {
  const asked = new LRUCache<string, true>({ max: MAX_ASKED });
  return async (did: string): Promise<void> => {
    if (asked.has(did)) return;
    asked.set(did, true);
    try {
      await askForAccount(clickhouse, did, Date.now() * 1000);
    } catch (err) {
      asked.delete(did);
      // Without its DID: it may be a viewer's.
      log.warn({ err }, 'an account that a feed needs could not be asked for; the next build tries again');
    }
  };
}

/** Of more, those that were asked for long ago may be asked for again. */
const MAX_ASKED = 100_000;
