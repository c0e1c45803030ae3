import type { Logger } from '@updraft/service';
import { askForAccount, type ClickHouse } from '@updraft/store';

/** Asks, once while the service runs, for each account's repository that a feed needs; an indexer brings it in. Never rejects. */
export function createAccountNeeds({ clickhouse, log }: { clickhouse: ClickHouse; log: Logger }) {
  const asked = new Set<string>();
  return async (did: string): Promise<void> => {
    if (asked.has(did)) return;
    asked.add(did);
    try {
      await askForAccount(clickhouse, did, Date.now() * 1000);
    } catch (err) {
      asked.delete(did);
      log.warn({ err, did }, 'an account that a feed needs could not be asked for; the next build tries again');
    }
  };
}
