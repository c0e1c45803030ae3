import { setTimeout as delay } from 'node:timers/promises';
import { readAll } from '../../tests/world/table-reader.ts';

const QUIET_FOR_MS = 1_500;
const POLL_MS = 250;

/** Resolves when ClickHouse has merged what it wants to merge. */
export async function untilMerged(url: string): Promise<void> {
  for (let quietMs = 0; quietMs < QUIET_FOR_MS; quietMs += POLL_MS) {
    await delay(POLL_MS);
    const [row] = await readAll(url, 'SELECT count() AS running FROM system.merges');
    if (String(row?.running) !== '0') quietMs = -POLL_MS;
  }
}
