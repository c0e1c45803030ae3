import fc from 'fast-check';
import { expect, test } from 'vitest';
import { post } from './hostile-records.fixture.ts';
import { postRest } from './post-form.ts';
import { recordJson } from './record-json.ts';
import { readPost } from './records.ts';
import { readSelfLabels, selfLabelsOfRest } from './self-labels.ts';

const SELF_LABELS = 'com.atproto.label.defs#selfLabels';

test.each([
  ['of its type', { labels: { $type: SELF_LABELS, values: [{ val: 'porn' }, { val: 'art' }] } }, ['porn', 'art']],
  ['but those that are none', { labels: { $type: SELF_LABELS, values: [null, 'x', { val: 7 }, { val: 'a' }] } }, ['a']],
  ['of another type: none', { labels: { $type: 'x.y.z', values: [{ val: 'porn' }] } }, []],
  ['without values: none', { labels: { $type: SELF_LABELS } }, []],
  ['of no record: none', null, []],
])('self-labels %s are read', (_, record, values) => {
  expect(readSelfLabels(record)).toEqual(values);
});

const labels = fc.option(
  fc.record({ $type: fc.constantFrom(SELF_LABELS, 'x'), values: fc.array(fc.record({ val: fc.string() })) }),
  { nil: undefined },
);

test('what is stored of a post has the self-labels of its record, whatever its columns took out', () => {
  fc.assert(
    fc.property(post, labels, fc.integer({ min: 0, max: 4e12 }), (record, own, sortAt) => {
      const labelled = { ...(typeof record === 'object' ? record : {}), ...(own !== undefined && { labels: own }) };
      const json = recordJson(labelled);
      if (json === undefined) return;
      const { text, langs, parentUri, rootUri, quoteUri } = readPost(labelled);
      const rest = postRest(json, { sortAt, text, langs, parentUri, rootUri, quoteUri });
      expect(selfLabelsOfRest(rest)).toEqual(readSelfLabels(labelled));
    }),
    { numRuns: 5_000 },
  );
});
