import type { Repository } from '@updraft/repository';
import { expect, test } from 'vitest';
import { findOwnThreads } from './own-threads.ts';

const POST = 'app.bsky.feed.post';

test('a reply counts whatever its key is', () => {
  const root = { uri: `at://did:plc:a/${POST}/3k` };
  const values = new Map([
    ['3k', { text: 'first' }],
    ['~second', { text: 'second', reply: { root, parent: root } }],
  ]);
  const repository: Pick<Repository, 'did' | 'has' | 'records'> = {
    did: 'did:plc:a',
    has: (path) => values.has(path.slice(POST.length + 1)),
    records: function* ({ from, to } = { from: '', to: '~' }) {
      for (const [rkey, value] of values) {
        const path = `${POST}/${rkey}`;
        if (path >= from && path < to) yield { uri: `at://did:plc:a/${path}`, cid: '', collection: POST, rkey, value };
      }
    },
  };
  const isInThread = findOwnThreads(repository as Repository);
  expect([...values].map(([rkey, value]) => isInThread(rkey, value))).toEqual([true, true]);
});
