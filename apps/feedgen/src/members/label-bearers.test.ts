import { expect, test } from 'vitest';
import { createLabelBearers } from './label-bearers.ts';

const LABEL = 'club';
const change = (did: string, isMember: boolean, label = LABEL) => ({ label, did, isMember });

test('a read that started before a change does not undo it, and a later read does', () => {
  const bearers = createLabelBearers(new Set([LABEL]));
  expect(bearers.of(LABEL)).toBeUndefined();
  const startedAt = Date.now();
  bearers.apply(change('did:plc:new', true));
  bearers.apply(change('did:plc:gone', false));
  bearers.replace(LABEL, new Set(['did:plc:gone', 'did:plc:old']), startedAt);
  expect(bearers.of(LABEL)).toEqual(new Set(['did:plc:old', 'did:plc:new']));
  bearers.replace(LABEL, new Set(['did:plc:old']), Number.POSITIVE_INFINITY);
  expect(bearers.of(LABEL)).toEqual(new Set(['did:plc:old']));
});

test('the version moves with every difference, and only then', () => {
  const bearers = createLabelBearers(new Set([LABEL]));
  const versions = [bearers.version()];
  const note = () => versions.push(bearers.version());
  for (const read of [['a'], ['a'], ['b']]) {
    bearers.replace(LABEL, new Set(read), Number.POSITIVE_INFINITY);
    note();
  }
  bearers.apply(change('c', true, 'of another feed'));
  note();
  bearers.apply(change('c', true));
  note();
  expect(versions).toEqual([0, 1, 1, 2, 2, 3]);
});
