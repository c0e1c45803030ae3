import { expect, test } from 'vitest';
import { createPageQueue, type ListPage } from './page-queue.ts';

/** A server that answers when the test says so. */
function createServer({ keep = 10 } = {}) {
  const asked: number[] = [];
  const ended: number[] = [];
  const waiting = new Map<number, PromiseWithResolvers<ListPage<string>>>();
  const queue = createPageQueue<string>({
    load: (page, signal) => {
      asked.push(page);
      signal.addEventListener('abort', () => ended.push(page));
      const answer = Promise.withResolvers<ListPage<string>>();
      waiting.set(page, answer);
      return answer.promise;
    },
    onChange: () => undefined,
    atOnce: 2,
    keep,
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return {
    queue,
    asked,
    ended,
    answer: async (page: number, item = `item of ${page}`, totalCount = 1_000) => {
      waiting.get(page)?.resolve({ items: [item], totalCount });
      await settle();
    },
    fail: async (page: number, message: string) => {
      waiting.get(page)?.reject(new Error(message));
      await settle();
    },
  };
}

test('few pages are asked for at once, the next when one has come', async () => {
  const { queue, asked, answer } = createServer();
  queue.want([1, 2, 3]);
  expect(asked).toEqual([1, 2]);
  await answer(2);
  expect(asked).toEqual([1, 2, 3]);
});

test('pages that were scrolled past are not asked for, and their requests end', () => {
  const { queue, asked, ended } = createServer();
  queue.want([1, 2]);
  queue.want([2, 3]);
  expect(ended).toEqual([1]);
  queue.want([90, 91]);
  expect(ended).toEqual([1, 2, 3]);
  expect(asked).toEqual([1, 2, 3, 90, 91]);
});

test('answers in the wrong order each become their own page', async () => {
  const { queue, answer } = createServer();
  queue.want([4, 5]);
  await answer(5);
  await answer(4);
  expect(queue.page(4)).toEqual(['item of 4']);
  expect(queue.page(5)).toEqual(['item of 5']);
});

test('an answer to a request that has ended is not taken', async () => {
  const { queue, answer } = createServer();
  queue.want([1]);
  queue.want([9]);
  await answer(1, 'late');
  expect(queue.page(1)).toBeUndefined();
});

test('a page is asked for once, and again after a change, and stays in sight until then', async () => {
  const { queue, asked, answer } = createServer();
  queue.want([1]);
  await answer(1, 'before');
  queue.want([1]);
  expect(asked).toEqual([1]);
  queue.reload();
  expect(asked).toEqual([1, 1]);
  expect(queue.page(1)).toEqual(['before']);
  await answer(1, 'after');
  expect(queue.page(1)).toEqual(['after']);
});

test('another length of the list makes the other pages old', async () => {
  const { queue, asked, answer } = createServer();
  queue.want([1, 2]);
  await answer(1, 'a', 150);
  await answer(2, 'b', 149);
  expect(queue.totalCount()).toBe(149);
  expect(asked).toEqual([1, 2, 1]);
  await answer(1, 'c', 149);
  queue.want([1, 2]);
  expect(asked).toEqual([1, 2, 1]);
});

test('after a failure nothing more is asked for until somebody says so', async () => {
  const { queue, asked, fail, answer } = createServer();
  queue.want([1, 2, 3]);
  await fail(1, 'the database is away');
  expect(queue.error()?.message).toBe('the database is away');
  await answer(2);
  expect(asked).toEqual([1, 2]);
  queue.reload();
  expect(queue.error()).toBeUndefined();
  expect(asked).toEqual([1, 2, 1, 2]);
});

test('the pages farthest from those that are looked at are let go', async () => {
  const { queue, answer } = createServer({ keep: 2 });
  for (const page of [1, 2, 3]) {
    queue.want([page]);
    await answer(page);
  }
  expect(queue.page(1)).toBeUndefined();
  expect(queue.page(2)).toEqual(['item of 2']);
  expect(queue.page(3)).toEqual(['item of 3']);
});

test('a list that is closed ends its requests', () => {
  const { queue, ended } = createServer();
  queue.want([1, 2]);
  queue.stop();
  expect(ended).toEqual([1, 2]);
});
