import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Conditions, Fault, Weather } from './conditions.ts';
import type { EventLog } from './event-log.ts';
import type { Host } from './host.ts';

export interface Controlled {
  readonly log: EventLog;
  readonly conditions: Conditions;
  readonly host: Pick<Host, 'status'>;
}

const MAX_BODY_BYTES = 10_000;

/** Answers `/control`, to callers on this machine only: `GET` tells the host's status, `POST` takes a fault or a change of weather. */
export async function answerControl(
  request: IncomingMessage,
  response: ServerResponse,
  { log, conditions, host }: Controlled,
): Promise<void> {
  const answer = (code: number, body: object) =>
    void response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const status = () => {
    const { firstSeq, nextSeq } = log;
    return { ...host.status(), firstSeq, nextSeq, faultsLeft: conditions.faultsLeft(), weather: conditions.weather() };
  };
  const address = request.socket.remoteAddress ?? '';
  if (request.url !== '/control' || !/^(::ffff:)?127\.|^::1$/.test(address)) return answer(404, { error: 'not found' });
  if (request.method === 'GET') return answer(200, status());
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY_BYTES) return answer(413, { error: 'too long' });
  }
  const change = readControl(text);
  if ('error' in change) return answer(400, change);
  if ('fault' in change) conditions.inject(change.fault);
  else conditions.setWeather(change.weather);
  answer(200, status());
}

const FAULT_KINDS = ['drop', 'reset', 'silence', 'repeat'];

function readControl(text: string): { fault: Fault } | { weather: Partial<Weather> } | { error: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { error: 'expected JSON' };
  }
  if (typeof body !== 'object' || body === null) return { error: 'expected an object' };
  return 'kind' in body ? readFault({ ...body }) : readWeather({ ...body });
}

function readFault({ kind, afterEvents, events }: Record<string, unknown>): { fault: Fault } | { error: string } {
  if (typeof kind !== 'string' || !FAULT_KINDS.includes(kind))
    return { error: `kind: expected one of ${FAULT_KINDS.join(', ')}` };
  if (!isCount(afterEvents)) return { error: 'afterEvents: expected a count' };
  if (kind === 'repeat' && !isCount(events)) return { error: 'events: expected a count' };
  return { fault: { kind, afterEvents, events } as Fault };
}

function readWeather(body: Record<string, unknown>): { weather: Partial<Weather> } | { error: string } {
  const { unavailable, floorSeq, replayEvents } = body;
  if (unavailable !== undefined && typeof unavailable !== 'boolean')
    return { error: 'unavailable: expected true or false' };
  if (floorSeq !== undefined && !isCount(floorSeq)) return { error: 'floorSeq: expected a sequence number' };
  if (replayEvents !== undefined && !isCount(replayEvents)) return { error: 'replayEvents: expected a count' };
  return {
    weather: {
      ...(unavailable !== undefined && { unavailable }),
      ...(floorSeq !== undefined && { floorSeq }),
      ...(replayEvents !== undefined && { replayEvents }),
    },
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
