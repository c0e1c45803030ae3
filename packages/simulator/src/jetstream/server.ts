import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Endpoint, type Reader, startEndpoint } from '../wire/endpoint.ts';
import type { WorldEvent } from '../world/event.ts';
import { deliver } from './deliver.ts';
import { createEventLog, type EventLog, type Place } from './event-log.ts';
import { type Fault, FINE_WEATHER, readControl, type Weather } from './faults.ts';
import { createHostView, FIRST_HOST, type HostOptions } from './host-view.ts';
import type { Cursor } from './subscription.ts';

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
export interface JetstreamServer extends Endpoint {
  readonly log: EventLog;
  append(event: WorldEvent): void;
  /** Lets an event go that is held back to exchange its place with the next. */
  settle(): void;
  /** Lets something go wrong once. */
  inject(fault: Fault): void;
  /** Faults that were injected and have not happened yet. */
  readonly faultsLeft: number;
  setWeather(change: Partial<Weather>): void;
  /** Connections now, connections ever, events sent to all of them. */
  status(): { readonly readers: number; readonly connects: number; readonly sent: number };
}

/** Starts a host with an empty log. Loopback has a control endpoint: `POST /control` with a fault or weather, `GET /control` for the status. */
export async function startJetstream(options: JetstreamOptions = {}): Promise<JetstreamServer> {
  const host = { ...FIRST_HOST, ...options.host };
  const log = createEventLog(host.firstSeq);
  const view = createHostView(host, log.append);
  const faults: Fault[] = [];
  const counts = { readers: 0, connects: 0, sent: 0 };
  let weather: Weather = { ...FINE_WEATHER, ...options.weather };
  const setWeather = (change: Partial<Weather>) => {
    weather = { ...weather, ...change };
    log.wakeAll();
  };
  const inject = (fault: Fault) => {
    faults.push(fault);
    log.wakeAll();
  };
  const onReader = async (reader: Reader) => {
    counts.readers += 1;
    counts.connects += 1;
    reader.channel.closed.addEventListener('abort', () => {
      counts.readers -= 1;
    });
    await reader.hello;
    const from = placeOf(log, reader.cursor, host, weather);
    await deliver({
      log,
      reader,
      from,
      rate: options.readerRate,
      weather: () => weather,
      takeFault: () => faults.shift(),
      onSent: (events) => {
        counts.sent += events;
      },
    });
  };
  const endpoint = await startEndpoint({
    host: options.listenHost ?? '127.0.0.1',
    port: options.port ?? 0,
    slowReaderMs: options.slowReaderMs ?? 5_000,
    pingEveryMs: host.generation === 'new' ? (options.pingEveryMs ?? 30_000) : 0,
    refusal: () => (weather.unavailable ? { status: 503, body: 'service starting up' } : undefined),
    onRequest: (request, response) => {
      const status = () => ({
        ...counts,
        firstSeq: log.firstSeq,
        nextSeq: log.nextSeq,
        faultsLeft: faults.length,
        weather,
      });
      void control(request, response, status, inject, setWeather);
    },
    onReader,
  });
  return {
    ...endpoint,
    log,
    ...view,
    inject,
    get faultsLeft() {
      return faults.length;
    },
    setWeather,
    status: () => ({ ...counts }),
    async close() {
      await endpoint.close();
      log[Symbol.dispose]();
    },
  };
}

/** Where a reader with this cursor begins. Sources: the facts on cursors of both server generations. */
function placeOf(
  log: EventLog,
  cursor: Cursor,
  { generation }: HostOptions,
  { floorSeq, replayEvents }: Weather,
): Place {
  if (cursor.kind === 'live') return log.placeOfSeq(log.nextSeq);
  const asked =
    cursor.kind === 'time'
      ? log.placeOfTime(cursor.timeUs)
      : generation === 'legacy'
        ? log.placeOfTime(cursor.seq)
        : log.placeOfSeq(cursor.seq);
  const early = cursor.kind === 'time' && asked.seq < log.nextSeq ? log.placeOfSeq(asked.seq - replayEvents) : asked;
  return early.seq < floorSeq ? log.placeOfSeq(floorSeq) : early;
}

const MAX_CONTROL_BYTES = 10_000;

async function control(
  request: IncomingMessage,
  response: ServerResponse,
  status: () => object,
  inject: (fault: Fault) => void,
  setWeather: (change: Partial<Weather>) => void,
): Promise<void> {
  const answer = (code: number, body: object) =>
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const address = request.socket.remoteAddress ?? '';
  if (request.url !== '/control' || !/^(::ffff:)?127\.|^::1$/.test(address))
    return void answer(404, { error: 'not found' });
  if (request.method === 'GET') return void answer(200, status());
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_CONTROL_BYTES) return void answer(413, { error: 'too long' });
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return void answer(400, { error: 'expected JSON' });
  }
  const change = readControl(body);
  if ('error' in change) return void answer(400, change);
  if ('fault' in change) inject(change.fault);
  else setWeather(change.weather);
  answer(200, status());
}
