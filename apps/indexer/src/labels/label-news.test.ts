import type { News } from '@updraft/feeds';
import { expect, test } from 'vitest';
import { createLabelNews } from './label-news.ts';

function setUp() {
  const state = { nowMs: 0 };
  const told: News[] = [];
  const errors: unknown[] = [];
  const news = createLabelNews({
    publish: async (message) => void told.push(message),
    onError: (error) => errors.push(error),
    now: () => state.nowMs,
  });
  return { state, told, news };
}

test('subjects of labels are told once a second at most, each once', async () => {
  const { state, told, news } = setUp();
  await news.tell();
  news.add(['did:plc:a']);
  await news.tell();
  news.add(['did:plc:b', 'did:plc:c']);
  news.add(['did:plc:b']);
  await news.tell();
  state.nowMs = 1_000;
  await news.tell();
  await news.tell();
  expect(told).toEqual([
    { kind: 'labels', subjects: ['did:plc:a'] },
    { kind: 'labels', subjects: ['did:plc:b', 'did:plc:c'] },
  ]);
});

test('of too many subjects one message without them goes out, and the next one only after ten seconds', async () => {
  const { state, told, news } = setUp();
  const many = Array.from({ length: 201 }, (_, nth) => `did:plc:${nth}`);
  for (; state.nowMs < 10_000; state.nowMs += 1_000) {
    news.add(many);
    await news.tell();
  }
  expect(told).toEqual([{ kind: 'labels' }]);
  await news.tell();
  expect(told).toEqual([{ kind: 'labels' }, { kind: 'labels' }]);
});
