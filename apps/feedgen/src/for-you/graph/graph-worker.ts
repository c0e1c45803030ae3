import { parentPort, workerData } from 'node:worker_threads';
import { createLikeGraph, createRecommender } from '@updraft/recommender';
import { backoff, sleep } from '@updraft/service';
import { createClickHouse, PRIORITIES, withCallOptions } from '@updraft/store';
import { createHourSchedule } from './hour-schedule.ts';
import type { GraphMessage, GraphQuestion, GraphThreadData } from './messages.ts';
import { readHour } from './read-hour.ts';

// A thread of the feed generator: holds the likes of the last hours, and answers who likes what a viewer likes.
const { clickhouse: connection, ...options } = workerData as GraphThreadData;
const clickhouse = withCallOptions(createClickHouse(connection), { settings: PRIORITIES.feeds });
const graph = createLikeGraph();
const recommender = createRecommender(graph);
const schedule = createHourSchedule({
  hours: options.hours,
  maxLikes: options.maxLikes,
  ...(options.refreshMs && { refreshMs: options.refreshMs }),
});
const signal = new AbortController().signal;
const waits = backoff({ minMs: 500, maxMs: 30_000 });
const MAX_WAIT_MS = 5_000;

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, no window
const send = (message: GraphMessage): void => parentPort?.postMessage(message);

parentPort?.on('message', ({ id, request, why }: GraphQuestion) => {
  try {
    send({ id, answer: why === undefined ? recommender.recommend(request) : recommender.explain(request, why) });
  } catch (error) {
    send({ id, error });
  }
});

for (;;) await readNext();

async function readNext(): Promise<void> {
  const next = schedule.next(Date.now());
  if ('waitMs' in next) {
    await sleep(Math.min(next.waitMs, MAX_WAIT_MS));
    return;
  }
  const nowMs = Date.now();
  try {
    await readHour(clickhouse, graph, { hour: next.hour, nowMs, maxLikes: options.maxLikes, signal });
    schedule.noteRead(next.hour, nowMs);
    for (const hour of schedule.toDrop(graph, Date.now())) graph.dropHour(hour);
    waits.reset();
    tellState();
  } catch (error) {
    schedule.noteFailed(next.hour, Date.now());
    tellState(String(error));
    await sleep(waits.next());
  }
}

function tellState(failure?: string): void {
  const { likes, accounts, posts, bytes, hours } = graph;
  const held = hours.map(({ hour }) => hour);
  const isWhole = schedule.isWhole(Date.now());
  const state = { likes, accounts: accounts.size, posts: posts.size, bytes, hours: held, isWhole };
  send({ state: failure === undefined ? state : { ...state, failure } });
}
