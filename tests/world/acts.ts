import { setTimeout as delay } from 'node:timers/promises';
import { CRASH_POINTS, type CrashPoint } from '../indexer/crash-points.ts';
import type { Stage } from './stage.ts';

/** Something that happens to the system while a stretch of the world flows. Leaves everything running. */
export interface Act {
  readonly name: string;
  /** Processes that it kills. */
  readonly kills: number;
  play(stage: Stage): Promise<void>;
}

/** Every act at least once: each named crash point, kills of each process at random moments, and what servers do to their readers. */
export const ACTS: readonly Act[] = [
  ...CRASH_POINTS.map(crashAt),
  killIndexer('early'),
  killServer('clickhouse'),
  { name: 'the connection drops', kills: 0, play: (stage) => fault(stage, 'drop') },
  killIndexer('late'),
  killServer('redis'),
  { name: 'the connection is reset within a frame', kills: 0, play: (stage) => fault(stage, 'reset') },
  { name: 'another host takes over', kills: 0, play: otherHost },
  killBoth(),
  { name: 'the stream falls silent', kills: 0, play: (stage) => fault(stage, 'silence') },
  { name: 'Redis is flushed while the indexer is down', kills: 1, play: flushRedis },
  { name: 'events come again', kills: 0, play: repeat },
  killServer('clickhouse'),
  { name: 'another host takes over and the indexer is killed there', kills: 1, play: otherHostAndKill },
  killServer('redis'),
];

/** The indexer kills itself at a point of its pipeline. It is seen to have done so, or this throws. */
function crashAt(point: CrashPoint): Act {
  return {
    name: `the indexer dies ${point}`,
    kills: 1,
    play: async (stage) => {
      await stage.indexer().stop();
      // The last of few batches must still come to the point.
      const passes = point === 'after-receive' ? Math.min(2_000, stage.stretch / 2) : stage.stretch > 6_000 ? 3 : 1;
      const nth = stage.random(passes) + 1;
      const doomed = stage.startIndexer({ CRASH_POINT: `${point}:${nth}` });
      const flowing = stage.flow();
      const { signal } = await withinMs(doomed.exited, 120_000, `crash point ${point} did not fire`);
      if (signal !== 'SIGKILL')
        throw new Error(`the indexer should have died ${point} by SIGKILL, and ended otherwise`);
      stage.startIndexer();
      await flowing;
    },
  };
}

function killIndexer(moment: string): Act {
  return {
    name: `the indexer is killed at a random moment (${moment})`,
    kills: 1,
    play: async (stage) => {
      const flowing = stage.flow();
      await delay(stage.random(400));
      await stage.indexer().kill();
      stage.startIndexer();
      await flowing;
    },
  };
}

function killServer(name: 'clickhouse' | 'redis'): Act {
  return {
    name: `${name} is killed`,
    kills: 1,
    play: async (stage) => {
      const flowing = stage.flow();
      await delay(stage.random(300));
      await stage.databases[name].kill();
      await delay(stage.random(600));
      await stage.databases[name].revive();
      await flowing;
    },
  };
}

function killBoth(): Act {
  return {
    name: 'indexer and ClickHouse are killed together',
    kills: 2,
    play: async (stage) => {
      const flowing = stage.flow();
      await delay(stage.random(300));
      await Promise.all([stage.indexer().kill(), stage.databases.clickhouse.kill()]);
      await stage.databases.clickhouse.revive();
      stage.startIndexer();
      await flowing;
    },
  };
}

async function fault(stage: Stage, kind: 'drop' | 'reset' | 'silence'): Promise<void> {
  stage.hosts[0].inject({ kind, afterEvents: stage.random(300) + 1 });
  await stage.flow();
}

async function repeat(stage: Stage): Promise<void> {
  stage.hosts[0].inject({ kind: 'repeat', afterEvents: stage.random(300) + 1, events: 1_000 });
  stage.hosts[0].inject({ kind: 'repeat', afterEvents: 50, events: 40 });
  await stage.flow();
}

/** The first host goes away and the second is read, by time; then the first again. */
async function otherHost(stage: Stage): Promise<void> {
  await onOtherHost(stage, async () => {
    await stage.flow();
  });
}

async function otherHostAndKill(stage: Stage): Promise<void> {
  await onOtherHost(stage, async () => {
    const flowing = stage.flow();
    await delay(stage.random(500));
    await stage.indexer().kill();
    stage.startIndexer();
    await flowing;
  });
}

export async function onOtherHost(stage: Stage, work: () => Promise<void>): Promise<void> {
  const [first, second] = stage.hosts;
  second.setWeather({ unavailable: false });
  first.setWeather({ unavailable: true });
  dropReaders(first);
  const before = second.status().connects;
  await work();
  if (second.status().connects === before) throw new Error('the indexer did not go over to the second host');
  first.setWeather({ unavailable: false });
  second.setWeather({ unavailable: true });
  dropReaders(second);
}

/** One drop for each reader that there is: one that is left over would meet the next to connect. */
export function dropReaders(host: Stage['hosts'][number]): void {
  for (let left = host.status().readers; left > 0; left--) host.inject({ kind: 'drop', afterEvents: 0 });
}

async function flushRedis(stage: Stage): Promise<void> {
  const flowing = stage.flow();
  await delay(stage.random(300));
  await stage.indexer().kill();
  await stage.databases.flushRedis();
  stage.startIndexer();
  await flowing;
}

async function withinMs<T>(promise: Promise<T>, ms: number, message: string): Promise<T> {
  const timeout = new AbortController();
  const late = delay(ms, undefined, { signal: timeout.signal }).then(() => {
    throw new Error(message);
  });
  late.catch(() => {}); // it rejects when the other one wins, too
  try {
    return await Promise.race([promise, late]);
  } finally {
    timeout.abort();
  }
}
