import type { Weather } from './conditions.ts';
import type { Cursor } from './cursor.ts';
import type { EventLog } from './event-log.ts';
import type { HostOptions } from './host-view.ts';
import type { Place } from './stretch.ts';

/** The place where a reader with this cursor begins. Source: Jetstream v1; legacy hosts take every cursor for a time. */
export function startPlace(
  log: EventLog,
  cursor: Cursor,
  generation: HostOptions['generation'],
  { floorSeq, replayEvents }: Pick<Weather, 'floorSeq' | 'replayEvents'>,
): Place {
  if (cursor.kind === 'live') return log.end();
  const asked =
    cursor.kind === 'seq' && generation === 'new' ? log.placeOfSeq(cursor.value) : log.placeOfTime(cursor.value);
  const early = cursor.kind === 'time' && asked.seq < log.nextSeq ? log.placeOfSeq(asked.seq - replayEvents) : asked;
  return early.seq < floorSeq ? log.placeOfSeq(floorSeq) : early;
}
