import { hashText, type IngestGapRow } from '@updraft/store';
import type { KnownPlace } from './gaps.ts';

/** A known place, and whose. */
export interface UnmetPlace extends KnownPlace {
  readonly host: string;
}

/** What was known did not come again. Keyed by where it begins, so that finding it again after a crash adds no second row. */
export function missedRow(host: string, from: UnmetPlace, toMicros: number): IngestGapRow {
  return {
    gapId: hashText(`${host}\n${from.micros}\n${from.identities.at(-1) ?? ''}`),
    host,
    kind: 'possible',
    fromTime: from.micros,
    toTime: toMicros,
    detail:
      from.identities.length === 0
        ? `${host} begins after the place where the stream was left`
        : `none of the last ${from.identities.length} events from ${from.host} came again from ${host}`,
  };
}

/** An event that can't be taken, and all its like in the stretch. Certain, where `possible` is not. */
export function leftOutRow(host: string, from: UnmetPlace, toMicros: number): IngestGapRow {
  return {
    gapId: hashText(`left out\n${from.host}\n${from.identities.at(-1) ?? from.micros}`),
    host,
    kind: 'left_out',
    fromTime: Math.min(from.micros, toMicros),
    toTime: toMicros,
    detail: 'an event above the limit of a frame came after the begin; the host was asked to leave such events out',
  };
}

/** A collection that a host did not bring while everything else flowed. `witness` brought it, when one could be asked. */
export function blindRow(
  host: string,
  { collection, sinceMicros, witness }: { collection: string; sinceMicros: number; witness: string | undefined },
  toMicros: number,
): IngestGapRow {
  const known =
    witness === undefined ? 'no other host could be asked' : `${witness} did, and the stretch is read again from there`;
  return {
    gapId: hashText(`blind\n${host}\n${collection}\n${Math.floor(sinceMicros)}`),
    host,
    kind: 'possible',
    fromTime: Math.min(sinceMicros, toMicros),
    toTime: toMicros,
    detail: `${host} brought no ${collection}; ${known}`,
  };
}
