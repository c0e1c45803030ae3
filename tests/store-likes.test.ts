import { commitVersion, type Tid, timeVersion, type Version } from '@updraft/atproto';
import { type ActorStatusRow, actorStatus, type RecordRow, recordRows, type WritableBlock } from '@updraft/store';
import { describe, expect, it } from 'vitest';
import { countAccounts } from './account-counts.ts';
import { recordRow } from './record-row.ts';
import { selectRows } from './select-rows.ts';
import { useStore } from './use-store.ts';
import { blockOf, statusRow, writeBlocks } from './write-blocks.ts';

const store = useStore();

const NOW_MS = Date.now();
const tid = (second: number): Tid => ({ micros: (NOW_MS - 3_600_000 + second * 1_000) * 1_000, clockId: 1 });
const write = (...blocks: WritableBlock[]) => writeBlocks(store.clickhouse, ...blocks);

const like = (repo: string, rkey: string, second: number, rest: Partial<RecordRow> = {}): RecordRow => {
  const { deleted = false } = rest;
  const version = commitVersion(tid(second), deleted);
  const subject = 'at://did:plc:author/app.bsky.feed.post/1';
  return { ...recordRow({ repo, rkey, subject, createdMs: NOW_MS - 3_600_000, version, deleted }), ...rest };
};
const unlike = (repo: string, rkey: string, second: number) => like(repo, rkey, second, { deleted: true, subject: '' });
const status = (did: string, second: number, rest: Partial<ActorStatusRow> = {}) =>
  statusRow({ did, version: timeVersion(tid(second).micros), ...rest });
const gone = (did: string, second: number) =>
  status(did, second, { active: false, status: 'deleted', isDeletion: true });

describe('invariants 3 and 4: replay changes nothing, a delete deletes: likes of a subject', () => {
  const count = (subject: string) => countAccounts(store.clickhouse, 'likes', subject);

  it('count one an account, however many like records it has and however often they arrive', async () => {
    const subject = 'at://a/app.bsky.feed.post/many';
    const rows = Array.from({ length: 15 }, (_, index) => like('did:plc:a', `many${index}`, index, { subject }));
    for (let time = 0; time < 3; time++)
      await write(blockOf(recordRows, [...rows, like('did:plc:b', 'many', 1, { subject })]));
    expect(await count(subject)).toBe(2);
  });

  it('are gone after an unlike, which names no subject, and back after a new like; replays change nothing', async () => {
    const subject = 'at://a/app.bsky.feed.post/unlike';
    const history = [
      like('did:plc:a', 'u1', 1, { subject }),
      unlike('did:plc:a', 'u1', 2),
      like('did:plc:a', 'u2', 3, { subject }),
    ];
    const after: number[] = [];
    for (const row of history) {
      await write(blockOf(recordRows, [row]));
      after.push(await count(subject));
    }
    expect(after).toEqual([1, 0, 1]);
    for (const row of history.toReversed()) await write(blockOf(recordRows, [row]));
    await write(blockOf(recordRows, [unlike('did:plc:a', 'u2', 4)]));
    for (const row of history) await write(blockOf(recordRows, [row]));
    expect(await count(subject)).toBe(0);
  });

  it('at one rev the write wins, in any order and number of copies', async () => {
    const subject = 'at://a/app.bsky.feed.post/tie';
    const [write1, delete1] = [like('did:plc:a', 'tie', 1, { subject }), unlike('did:plc:a', 'tie', 1)];
    const seen: number[] = [];
    for (const row of [delete1, write1, delete1, write1, write1, delete1]) {
      await write(blockOf(recordRows, [row]));
      seen.push(await count(subject));
    }
    expect(seen).toEqual([0, 1, 1, 1, 1, 1]);
    await write(blockOf(recordRows, [unlike('did:plc:a', 'tie', 2)]));
    expect(await count(subject)).toBe(0);
  });

  it('come back by a replay where an earlier release let the delete of their rev win', async () => {
    const subject = 'at://a/app.bsky.feed.post/old';
    const plus = ({ hi, lo }: Version, more: number): Version => ({ hi, lo: lo + more });
    const [write1, delete1] = [like('did:plc:a', 'old', 1, { subject }), unlike('did:plc:a', 'old', 1)];
    const old = [
      { ...delete1, relativeVersion: plus(delete1.relativeVersion, 1) },
      { ...write1, relativeVersion: plus(write1.relativeVersion, -1) },
    ];
    for (const rows of [...old.map((row) => [row]), [delete1]]) await write(blockOf(recordRows, rows));
    expect(await count(subject)).toBe(0);
    await write(blockOf(recordRows, [write1]));
    expect(await count(subject)).toBe(1);
    await store.clickhouse.command('OPTIMIZE TABLE record_rows FINAL');
    for (const row of [delete1, write1, delete1]) await write(blockOf(recordRows, [row]));
    expect(await count(subject)).toBe(1);
  });

  it('are hidden with their account and come back with it, but not those from before a deletion', async () => {
    const subject = 'at://a/app.bsky.feed.post/accounts';
    const seen: number[] = [];
    const step = async (...blocks: WritableBlock[]) => {
      await write(...blocks);
      seen.push(await count(subject));
    };
    await step(blockOf(recordRows, [like('did:plc:x', 'h1', 1, { subject }), like('did:plc:y', 'h1', 1, { subject })]));
    await step(blockOf(actorStatus, [status('did:plc:x', 2, { active: false, status: 'deactivated' })]));
    await step(blockOf(actorStatus, [status('did:plc:x', 3)]));
    await step(blockOf(actorStatus, [gone('did:plc:x', 4)]));
    await step(blockOf(actorStatus, [status('did:plc:x', 5)]));
    await step(blockOf(recordRows, [like('did:plc:x', 'h2', 6, { subject })]));
    await step(
      blockOf(actorStatus, [gone('did:plc:x', 4), status('did:plc:x', 3)]),
      blockOf(recordRows, [like('did:plc:x', 'h1', 1, { subject })]),
    );
    expect(seen).toEqual([2, 1, 2, 1, 1, 2, 2]);
  });
});

describe('reposts and followers', () => {
  it('count one an account', async () => {
    const subject = 'at://a/app.bsky.feed.post/r';
    await write(
      blockOf(recordRows, [
        like('did:plc:a', 'r1', 1, { subject, collection: 'app.bsky.feed.repost' }),
        like('did:plc:a', 'r2', 2, { subject, collection: 'app.bsky.feed.repost' }),
        like('did:plc:b', 'r1', 1, { subject, collection: 'app.bsky.feed.repost' }),
        like('did:plc:c', 'r1', 1, { subject }),
      ]),
    );
    expect(await countAccounts(store.clickhouse, 'reposts', subject)).toBe(2);
    const follow = (repo: string, rkey: string) =>
      like(repo, rkey, 1, { collection: 'app.bsky.graph.follow', subject: 'did:plc:star' });
    await write(blockOf(recordRows, [follow('did:plc:a', 'f1'), follow('did:plc:a', 'f2'), follow('did:plc:b', 'f1')]));
    expect(await countAccounts(store.clickhouse, 'follows FINAL', 'did:plc:star')).toBe(2);
    expect(
      await selectRows(
        store.clickhouse,
        "SELECT actor_did, toFloat64(following_count) AS n FROM following_counts WHERE actor_did = 'did:plc:a'",
      ),
    ).toEqual([{ actor_did: 'did:plc:a', n: 1 }]);
  });
});
