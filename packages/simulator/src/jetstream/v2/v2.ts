import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Protocol } from '../../wire/endpoint.ts';
import type { Archive } from '../archive/archive.ts';
import { type ArchiveFaults, createArchiveFaults } from '../archive/archive-faults.ts';
import { answerArchive } from '../archive/routes.ts';
import type { Conditions } from '../conditions.ts';
import type { Cursor } from '../cursor.ts';
import type { EventLog } from '../event-log.ts';
import type { Host } from '../host.ts';
import { startPlace } from '../start-place.ts';
import { infoText } from './frame-text.ts';
import { v2Protocol } from './protocol.ts';
import { type V2Reader, v2Subscriber } from './subscriber.ts';
import { createZstdDictionary } from './zstd-dictionary.ts';

export interface V2Parts {
  readonly host: Host;
  readonly log: EventLog;
  readonly archive: Archive;
  readonly conditions: Conditions;
  readonly apiKey: string | undefined;
  readonly planEntries: number;
  /** Sequence number of the host's very first event. */
  readonly firstSeq: number;
}

/** Jetstream v2 on one host: `subscribeEvents`, and the methods of the archive. */
export interface V2 {
  readonly protocol: Protocol;
  readonly faults: ArchiveFaults;
  /** Answers a request to the archive; false when it is not one. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
}

export function createV2({ host, log, archive, conditions, apiKey, planEntries, firstSeq }: V2Parts): V2 {
  const faults = createArchiveFaults();
  const dictionary = createZstdDictionary();
  const { weather } = conditions;
  const isUnavailable = () => weather().unavailable;
  /** A host that forgot nothing has no floor. */
  const floorSeq = () => Math.max(weather().floorSeq, log.firstSeq > firstSeq ? log.firstSeq : 0);
  const onReader = async (reader: V2Reader, cursor: Cursor) => {
    const subscriber = v2Subscriber(reader, log, weather);
    const from = startPlace(log, cursor, 'new', { ...weather(), floorSeq: floorSeq() });
    if (cursor.kind === 'time' && log.placeOfTime(cursor.value).seq < floorSeq())
      await reader.channel.send(subscriber.frameOf(infoText('OutdatedCursor', `the oldest event is ${from.seq}`)));
    await host.serve(subscriber, from);
  };
  const service = { archive, faults, dictionary, apiKey, planEntries, isUnavailable };
  return {
    protocol: v2Protocol({ onReader, isUnavailable, floorSeq, dictionary }),
    faults,
    answer: (request, response) => answerArchive(service, request, response),
  };
}
