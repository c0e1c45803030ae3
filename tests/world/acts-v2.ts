import { setTimeout as delay } from 'node:timers/promises';
import { type Act, dropReaders, onOtherHost } from './acts.ts';
import { type Stage, until } from './stage.ts';

/** What happens to a reader of v2 beside all that happens to one of v1. While v1 is read no repository diverges: v1 would not tell. */
export const V2_ACTS: readonly Act[] = [
  { name: 'the server crashes and numbers its last events anew', kills: 0, play: serverCrash },
  { name: 'the server crashes while the indexer is down', kills: 1, play: serverCrashUnseen },
  { name: 'the cursor is too old for the host that was read', kills: 1, play: cursorTooOld },
  { name: 'v1 of the same server is read', kills: 0, play: (stage) => byV1(stage, () => stage.flow()) },
  { name: 'v1 of the same server is read, and the indexer is killed there', kills: 1, play: byV1AndKill },
  { name: 'v1 of another host takes over', kills: 0, play: otherHostByV1 },
];

async function serverCrash(stage: Stage): Promise<void> {
  const flowing = stage.flow();
  await delay(stage.random(300));
  stage.setBack(100 + stage.random(3_000));
  await flowing;
}

async function serverCrashUnseen(stage: Stage): Promise<void> {
  const flowing = stage.flow();
  await delay(stage.random(300));
  await stage.indexer().kill();
  stage.setBack(100 + stage.random(3_000));
  await delay(stage.random(200));
  stage.startIndexer();
  await flowing;
}

/** The host forgets what came before, while the indexer is down; another host still has it. */
async function cursorTooOld(stage: Stage): Promise<void> {
  const [first, second] = stage.hosts;
  const flowing = stage.flow();
  await delay(stage.random(300));
  await stage.indexer().kill();
  first.setWeather({ floorSeq: first.log.nextSeq });
  second.setWeather({ unavailable: false });
  const before = second.status().connects;
  stage.startIndexer();
  await flowing;
  await until('the indexer to go over to the second host', async () => second.status().connects > before);
  first.setWeather({ floorSeq: 0 });
  second.setWeather({ unavailable: true });
  dropReaders(second);
}

async function byV1(stage: Stage, work: () => Promise<void>): Promise<void> {
  const [first] = stage.hosts;
  await readBy(stage, first.url, async () => {
    await work();
    await stage.caughtUp(first);
  });
}

function byV1AndKill(stage: Stage): Promise<void> {
  return byV1(stage, async () => {
    const flowing = stage.flow();
    await delay(stage.random(400));
    await stage.indexer().kill();
    stage.startIndexer();
    await flowing;
  });
}

async function otherHostByV1(stage: Stage): Promise<void> {
  const [first, second] = stage.hosts;
  await readBy(stage, `${first.v2Url},${second.url}`, async () => {
    await onOtherHost(stage, () => stage.flow());
    await stage.caughtUp(first);
  });
}

/** The indexer reads these addresses meanwhile. All that came before is written by v2, and all that comes after is read by it. */
async function readBy(stage: Stage, addresses: string, work: () => Promise<void>): Promise<void> {
  await stage.caughtUp(stage.hosts[0]);
  await stage.indexer().stop();
  stage.diverge(false);
  stage.startIndexer({ WS_URL: addresses });
  await work();
  await stage.indexer().stop();
  stage.diverge(true);
  stage.startIndexer();
  await stage.flow();
}
