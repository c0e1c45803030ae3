import { ASKED } from '@updraft/feeds';
import { type ClickHouse, countBrought } from '@updraft/store';
import { LRUCache } from 'lru-cache';
import { MAX_ACCOUNTS } from './intake/limits.ts';

const GOOD_FOR_MS = 5_000;

/** Whether those who asked over HTTP have taken all places that a source has. Accounts cost nothing, so their queue needs an end. */
export function createAskedPlaces(clickhouse: ClickHouse): (label: string) => Promise<boolean> {
  const answers = new LRUCache<string, Promise<boolean>>({ max: 1_000, ttl: GOOD_FOR_MS });
  const read = async (label: string): Promise<boolean> => {
    const brought = await countBrought(clickhouse, label);
    return brought.some(({ source, accounts }) => source === ASKED && accounts >= MAX_ACCOUNTS);
  };
  return (label) => {
    const known = answers.get(label);
    if (known !== undefined) return known;
    const asked = read(label);
    answers.set(label, asked);
    asked.catch(() => answers.delete(label)); // its caller gets the rejection
    return asked;
  };
}
