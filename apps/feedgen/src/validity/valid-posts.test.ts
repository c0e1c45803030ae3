import { Gauge, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createValidPosts } from './valid-posts.ts';

const post = (name: string, rowVersion = '1') => ({ uri: `at://${name}`, rowVersion });

/** Records by uri: the text of a bad one is 'bad'. */
function createFixture(records: Map<string, { rowVersion: string; recordJson: string }>) {
  const judged: string[] = [];
  const errors: unknown[] = [];
  const state = { isDown: false };
  const invalidPosts = new Gauge({ name: 'x', help: 'x', labelNames: ['feed'], registers: [new Registry()] });
  const keepValid = createValidPosts({
    readRecords: async function* (uris) {
      for (const uri of uris) {
        const record = records.get(uri);
        if (record !== undefined) yield [{ uri, ...record }];
      }
    },
    areValid: async (texts) => {
      if (state.isDown) throw new Error('no thread');
      judged.push(...texts);
      return texts.map((text) => text !== 'bad');
    },
    metrics: { invalidPosts },
    onError: (error) => errors.push(error),
  });
  return { keep: keepValid('feed'), judged, errors, state, invalidPosts };
}

test('a record is judged once for each of its versions, whatever feeds ask', async () => {
  const records = new Map([
    ['at://a', { rowVersion: '1', recordJson: 'good' }],
    ['at://b', { rowVersion: '1', recordJson: 'bad' }],
  ]);
  const { keep, judged } = createFixture(records);
  expect(await keep([post('a'), post('b')])).toEqual(new Set(['at://a']));
  expect(await keep([post('a'), post('b')])).toEqual(new Set(['at://a']));
  expect(judged).toEqual(['good', 'bad']);
  records.set('at://b', { rowVersion: '2', recordJson: 'mended' });
  expect(await keep([post('a'), post('b', '2')])).toEqual(new Set(['at://a', 'at://b']));
  expect(judged).toEqual(['good', 'bad', 'mended']);
});

test('a post whose record is not here, or can not be judged now, stays', async () => {
  const { keep, errors, state } = createFixture(new Map([['at://b', { rowVersion: '1', recordJson: 'bad' }]]));
  state.isDown = true;
  expect(await keep([post('a'), post('b')])).toEqual(new Set(['at://a', 'at://b']));
  expect(errors).toHaveLength(1);
  state.isDown = false;
  expect(await keep([post('a'), post('b')])).toEqual(new Set(['at://a']));
});

test('the metric says how many were left out of the last query', async () => {
  const { keep, invalidPosts } = createFixture(new Map([['at://b', { rowVersion: '1', recordJson: 'bad' }]]));
  await keep([post('a'), post('b')]);
  expect((await invalidPosts.get()).values).toMatchObject([{ labels: { feed: 'feed' }, value: 1 }]);
});
