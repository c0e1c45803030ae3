import { type Endpoint, type Reader, startEndpoint } from '../wire/endpoint.ts';
import { type Conditions, createConditions, type Weather } from './conditions.ts';
import { answerControl } from './control.ts';
import { deliver } from './deliver.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { createHostView, FIRST_HOST, type HostOptions, type HostView } from './host-view.ts';
import { startPlace } from './start-place.ts';

export interface JetstreamOptions {
  readonly listenHost?: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly host?: Partial<HostOptions>;
  /** Events a second and reader; absent = as fast as it reads. */
  readonly readerRate?: number;
  readonly slowReaderMs?: number;
  readonly pingEveryMs?: number;
  readonly weather?: Partial<Weather>;
}

/** One host of Jetstream v1. Events come from outside (`append`), so that several hosts can show one world. */
export interface JetstreamServer extends Endpoint, HostView, Pick<Conditions, 'inject' | 'setWeather' | 'faultsLeft'> {
  readonly log: EventLog;
  /** Connections now, connections ever, events sent to all of them. */
  status(): { readonly readers: number; readonly connects: number; readonly sent: number };
}

/** Starts a host with an empty log. Loopback has a control endpoint: `POST /control` with a fault or weather, `GET /control` for the status. */
export async function startJetstream(options: JetstreamOptions = {}): Promise<JetstreamServer> {
  const host = { ...FIRST_HOST, ...options.host };
  const log = createEventLog(host.firstSeq);
  const conditions = createConditions(options.weather, log.wakeAll);
  const counts = { readers: 0, connects: 0, sent: 0 };
  const serve = async (reader: Reader) => {
    counts.connects += 1;
    counts.readers += 1;
    reader.channel.closed.addEventListener('abort', () => {
      counts.readers -= 1;
    });
    await reader.hello;
    const from = startPlace(log, reader.cursor, host.generation, conditions.weather());
    const onSent = (events: number) => {
      counts.sent += events;
    };
    await deliver({ log, reader, from, rate: options.readerRate, conditions, onSent });
  };
  const endpoint = await startEndpoint({
    host: options.listenHost ?? '127.0.0.1',
    port: options.port ?? 0,
    slowReaderMs: options.slowReaderMs ?? 5_000,
    pingEveryMs: host.generation === 'new' ? (options.pingEveryMs ?? 30_000) : 0,
    refusal: conditions.refusal,
    onRequest: (request, response) => void answerControl(request, response, { log, conditions, counts }),
    onReader: serve,
  });
  return {
    ...endpoint,
    ...createHostView(host, log.append),
    ...conditions,
    log,
    status: () => ({ ...counts }),
    async close() {
      await endpoint.close();
      log[Symbol.dispose]();
    },
  };
}
