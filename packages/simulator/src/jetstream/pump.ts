import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import type { WorldEvent } from '../world/event.ts';
import type { World } from '../world/world.ts';
import type { JetstreamServer } from './server.ts';

export interface PumpOptions {
  readonly world: World;
  /** Hosts that get each event. */
  readonly hosts: readonly Pick<JetstreamServer, 'append' | 'log'>[];
  /** Also given each event, the ground truth for example. */
  readonly onEvent?: (event: WorldEvent) => void;
  /** Stop after this many events; absent = go on for ever. */
  readonly events?: number;
  /**
   * World's clock minus wall clock, in microseconds. By default the live stream begins when the history is through; 0 = the world's time
   * is the real one, and the pump first catches up with what happened since its `nowMicros`.
   */
  readonly clockShiftMicros?: number;
  /** Hosts forget what is older than this; absent = never. The real server keeps 36 hours. */
  readonly keepHours?: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (events: number) => void;
}

export interface Pump {
  /** Resolves when everything up to now has been appended; rejects when that fails (a full disk, no folder for temporary files). */
  readonly caughtUp: Promise<void>;
  /** Resolves when the last event has been appended or the signal has aborted; rejects likewise. */
  readonly done: Promise<void>;
}

const MICROS_PER_HOUR = 3_600_000_000;
const SLICE = 5_000;
const TICK_MS = 20;

/** Lets the world happen: its history at full speed, then event by event as its clock goes. */
export function startPump(options: PumpOptions): Pump {
  const caughtUp = Promise.withResolvers<void>();
  const done = run(options, caughtUp.resolve);
  done.then(caughtUp.resolve, caughtUp.reject);
  // A caller may await only one of the two: the error of the other must not count as unhandled.
  for (const each of [done, caughtUp.promise]) each.catch(() => {});
  return { caughtUp: caughtUp.promise, done };
}

async function run(
  {
    world,
    hosts,
    onEvent,
    events = Number.POSITIVE_INFINITY,
    clockShiftMicros,
    keepHours,
    signal,
    onProgress,
  }: PumpOptions,
  onCaughtUp: () => void,
): Promise<void> {
  const source = world.events();
  const { nowMicros } = world.options;
  let shift = clockShiftMicros;
  let count = 0;
  const due = () => (shift === undefined ? nowMicros : Date.now() * 1_000 + shift);
  let event = source.next().value;
  while (count < events && !signal.aborted) {
    if (event.timeUs > due()) {
      shift ??= nowMicros - Date.now() * 1_000;
      onCaughtUp();
      // It rejects when the signal aborts, which ends the loop.
      await delay(TICK_MS, undefined, { signal }).catch(() => {});
      continue;
    }
    for (const host of hosts) host.append(event);
    onEvent?.(event);
    count += 1;
    event = source.next().value;
    if (count % SLICE === 0) {
      onProgress?.(count);
      if (keepHours !== undefined)
        for (const { log } of hosts) log.forgetBefore(event.timeUs - keepHours * MICROS_PER_HOUR);
      await turn();
    }
  }
}
