import { hashText, type IngestGapRow } from '@updraft/store';
import type { KnownPosition } from './continuity.ts';

/** Where the stream was at a host. */
export interface HostPosition extends KnownPosition {
  readonly host: string;
}

/** The known events did not come again. The key is where the gap begins, so that finding it again after a crash adds no second row. */
export function missedRow(host: string, from: HostPosition, toMicros: number): IngestGapRow {
  return {
    gapId: hashText(`${host}\n${from.micros}\n${from.identities.at(-1) ?? ''}`),
    host,
    kind: 'possible',
    fromTime: from.micros,
    toTime: toMicros,
    detail:
      from.identities.length === 0
        ? `${host} begins after the position where the stream was left`
        : `none of the last ${from.identities.length} events from ${from.host} came again from ${host}`,
  };
}

/** A server went back in its numbers: what it numbered anew before the place where it was resumed may not have come. */
export function wentBackRow(host: string, fromMicros: number, toMicros: number): IngestGapRow {
  return {
    gapId: hashText(`went back\n${host}\n${fromMicros}`),
    host,
    kind: 'possible',
    fromTime: Math.min(fromMicros, toMicros),
    toTime: toMicros,
    detail: `${host} used sequence numbers again for other events; the stretch is read again from it by time`,
  };
}

/** An event above the limit of a frame, and all others like it in the stretch. They are certainly missing; `possible` ones may be. */
export function leftOutRow(host: string, from: HostPosition, toMicros: number): IngestGapRow {
  return {
    gapId: hashText(`left out\n${from.host}\n${from.identities.at(-1) ?? from.micros}`),
    host,
    kind: 'left_out',
    fromTime: Math.min(from.micros, toMicros),
    toTime: toMicros,
    detail:
      'an event above the limit of a frame came after the start of this stretch; the host was asked to leave such events out',
  };
}

/** A collection that a host did not send, or only in part, while everything else flowed. `witness` is the host that sent it, if one could be asked. */
export function blindRow(
  host: string,
  { collection, sinceMicros, witness }: { collection: string; sinceMicros: number; witness: string | undefined },
  toMicros: number,
): IngestGapRow {
  const known =
    witness === undefined
      ? 'no other host could be asked'
      : `${witness} sent more, and the stretch is read again from there`;
  return {
    gapId: hashText(`blind\n${host}\n${collection}\n${Math.floor(sinceMicros)}`),
    host,
    kind: 'possible',
    fromTime: Math.min(sinceMicros, toMicros),
    toTime: toMicros,
    detail: `${host} sent too little or none of ${collection}; ${known}`,
  };
}
