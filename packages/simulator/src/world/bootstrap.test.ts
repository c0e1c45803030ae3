import { expect, test } from 'vitest';
import { createGroundTruth } from '../truth/truth.ts';
import { bootstrap } from './bootstrap.ts';
import { eventLine } from './event.ts';
import { createWorld } from './world.ts';

test('a bootstrap holds what the repositories hold, each at the rev of its head, all witnessed at one time', () => {
  const events = createWorld({ seed: 2, accounts: 80, eventsPerDay: 20_000, divergence: 0.5 }).events();
  const past = Array.from({ length: 10_000 }, () => events.next().value);
  const [truth, stored] = [createGroundTruth(), createGroundTruth()];
  for (const [seq, event] of past.entries()) truth.add(eventLine(event), event.nth, seq);
  const rows = bootstrap(past);
  for (const [seq, event] of rows.entries()) stored.add(eventLine(event), event.nth, seq);
  const deletedAt = new Map([...truth.deletions.values()].map(({ did, micros }) => [did, micros]));
  const held = [...truth.records].filter(
    ([, { commit }]) => commit.operation !== 'delete' && commit.rev.micros >= (deletedAt.get(commit.did) ?? 0n),
  );
  expect(new Map([...stored.records].map(([uri, { commit }]) => [uri, commit.record]))).toEqual(
    new Map(held.map(([uri, { commit }]) => [uri, commit.record])),
  );
  expect(new Set(rows.map(({ timeUs }) => timeUs)).size).toBe(1);
  expect(rows.map(({ did }) => did).filter((did, i, dids) => did !== dids[i - 1]).length).toBe(
    new Set(rows.map(({ did }) => did)).size,
  );
  const revs = [...stored.records.values()].map(({ commit }) => `${commit.did} ${commit.rev.micros}`);
  expect(new Set(revs).size).toBe(new Set(rows.map(({ did }) => did)).size);
});
