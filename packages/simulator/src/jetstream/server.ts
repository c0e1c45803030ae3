import { type Endpoint, startEndpoint } from '../wire/endpoint.ts';
import { type Archive, type ArchiveOptions, createArchive } from './archive/archive.ts';
import type { ArchiveFaults } from './archive/archive-faults.ts';
import { type Conditions, createConditions, type Weather } from './conditions.ts';
import { answerControl } from './control.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { createHost, type Host } from './host.ts';
import { FIRST_HOST, type HostOptions } from './host-view.ts';
import { SLOW_READER_LIMITS, type SlowReaderLimits } from './slow-readers.ts';
import { startPlace } from './start-place.ts';
import { type Reader, V1_PATH, v1Protocol } from './v1/protocol.ts';
import { v1Subscriber } from './v1/subscriber.ts';
import { V2_PATH } from './v2/protocol.ts';
import { createV2 } from './v2/v2.ts';

export interface JetstreamOptions {
  readonly listenHost?: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly host?: Partial<HostOptions>;
  /** Events a second and reader; absent = as fast as it reads. */
  readonly readerRate?: number;
  readonly slowReaderMs?: number;
  readonly slowReaders?: Partial<SlowReaderLimits>;
  readonly pingEveryMs?: number;
  readonly weather?: Partial<Weather>;
  /** The host speaks v2 as well, live and with an archive; absent = v1 alone. */
  readonly v2?: Partial<ArchiveOptions> & {
    /** What plans and downloads want as `Authorization: Bearer`. */
    readonly apiKey?: string;
    /** Entries of a page of a plan. */
    readonly planEntries?: number;
  };
}

/** One host of Jetstream. Events come from outside (`append`), so that several hosts can show one world. */
export interface JetstreamServer
  extends Endpoint,
    Omit<Host, 'serve'>,
    Pick<Conditions, 'inject' | 'setWeather' | 'faultsLeft'> {
  /** The address of `/subscribe`, for `WS_URL`. */
  readonly url: string;
  /** The address of a host that speaks v2, for `WS_URL`. */
  readonly v2Url: string;
  readonly log: EventLog;
  /** Of a host that speaks v2. */
  readonly archive: (Archive & { readonly faults: ArchiveFaults }) | undefined;
}

const ARCHIVE: ArchiveOptions = { seals: true, rowsPerBlock: 4_096, blocksPerSegment: 8 };
const PLAN_ENTRIES = 100_000;

/** Starts a host with an empty log. Loopback has a control endpoint: `POST /control` with a fault or weather, `GET /control` for the status. */
export async function startJetstream(options: JetstreamOptions = {}): Promise<JetstreamServer> {
  const { listenHost = '127.0.0.1', port = 0, slowReaderMs = 5_000, pingEveryMs = 30_000 } = options;
  const { generation, log, conditions, archive, host, v2 } = createParts(options);
  const { serve, ...visible } = host;
  const { weather, refusal, inject, setWeather, faultsLeft } = conditions;
  const onReader = async (reader: Reader) => {
    await reader.hello;
    await serve(v1Subscriber(reader, log, weather), startPlace(log, reader.cursor, generation, weather()));
  };
  const endpoint = await startEndpoint({
    host: listenHost,
    port,
    slowReaderMs,
    pingEveryMs: generation === 'new' ? pingEveryMs : 0,
    protocols: { [V1_PATH]: v1Protocol(onReader, refusal), ...(v2 && { [V2_PATH]: v2.protocol }) },
    onRequest(request, response) {
      if (!v2?.answer(request, response)) void answerControl(request, response, { log, conditions, host });
    },
  });
  const address = `ws://${listenHost}:${endpoint.port}`;
  return {
    ...endpoint,
    ...visible,
    url: `${address}${V1_PATH}`,
    v2Url: address,
    log,
    archive: archive && v2 && { ...archive, faults: v2.faults },
    inject,
    setWeather,
    faultsLeft,
    async close() {
      await endpoint.close();
      await archive?.[Symbol.asyncDispose]();
      log[Symbol.dispose]();
    },
  };
}

function createParts(options: JetstreamOptions) {
  const { v2: v2Options, readerRate, weather } = options;
  const hostOptions = { ...FIRST_HOST, ...options.host };
  const { firstSeq, generation } = hostOptions;
  const log = createEventLog(firstSeq);
  const conditions = createConditions(weather, log.wakeAll);
  const archive = v2Options && createArchive({ ...ARCHIVE, ...v2Options });
  const slowReaders = { ...SLOW_READER_LIMITS, ...options.slowReaders };
  const host = createHost({ options: hostOptions, log, archive, conditions, slowReaders, readerRate });
  const { apiKey, planEntries = PLAN_ENTRIES } = v2Options ?? {};
  const v2 = archive && createV2({ host, log, archive, conditions, apiKey, planEntries, firstSeq });
  return { generation, log, conditions, archive, host, v2 };
}
