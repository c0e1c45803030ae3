import { stringifyLex } from '@atproto/lexicon';
import { cborToLexRecord, def, MemoryBlockstore, MST, readCarWithRoot } from '@atproto/repo';
import { Frame, MessageFrame } from '@atproto/xrpc-server';

/** A frame of `com.atproto.sync.subscribeRepos` as Jetstream v1 shows it. `timeUs` is when it was witnessed, `nth` its place in its commit. */
export interface JetstreamLine {
  readonly did: string;
  readonly line: string;
  readonly timeUs: number;
  readonly nth: number;
}

/**
 * What Jetstream v1 sends of a repository host's frame, as its server does it: each delete, and a create or update only when the tree at
 * the end of the commit holds that very record. `#sync` and `#info` are not sent.
 */
export async function jetstreamLines(
  frame: Uint8Array,
  now: () => number,
): Promise<{ readonly seq: number; readonly lines: readonly JetstreamLine[] }> {
  const message = Frame.fromBytes(frame);
  if (!(message instanceof MessageFrame)) throw new Error(`the firehose says ${JSON.stringify(message.body)}`);
  const body = message.body as unknown as FirehoseBody;
  const lines = message.type === '#commit' ? await commitLines(body, now) : accountLines(message.type, body, now);
  return { seq: body.seq, lines };
}

function accountLines(type: string | undefined, body: FirehoseBody, now: () => number): JetstreamLine[] {
  const { did, handle, active, status, seq, time } = body;
  if (type === '#identity') return [lineOf(did, now(), 0, { kind: 'identity', identity: { did, handle, seq, time } })];
  if (type !== '#account') return [];
  return [lineOf(did, now(), 0, { kind: 'account', account: { active, did, seq, status, time } })];
}

/** The fields that are read of the frames' bodies. */
interface FirehoseBody {
  readonly did: string;
  readonly repo: string;
  readonly rev: string;
  readonly seq: number;
  readonly time: string;
  readonly handle?: string;
  readonly active?: boolean;
  readonly status?: string;
  readonly blocks: Uint8Array;
  readonly ops: readonly {
    readonly action: 'create' | 'update' | 'delete';
    readonly path: string;
    readonly cid: { toString(): string } | null;
  }[];
}

async function commitLines({ repo: did, rev, blocks, ops }: FirehoseBody, now: () => number): Promise<JetstreamLine[]> {
  const recordAt = await endOfCommit(blocks);
  const lines: JetstreamLine[] = [];
  for (const { action: operation, path, cid } of ops) {
    const [collection = '', rkey = ''] = path.split('/');
    const commit = { rev, operation, collection, rkey };
    const held = operation === 'delete' ? undefined : await recordAt(path);
    if (operation !== 'delete' && (held === undefined || held.cid !== cid?.toString())) continue;
    lines.push(lineOf(did, now(), lines.length, { kind: 'commit', commit: { ...commit, ...held } }));
  }
  return lines;
}

/** Looks up what the repository holds at the end of a commit, as far as the commit proves it: under the keys that it touched. */
async function endOfCommit(car: Uint8Array) {
  const { root, blocks } = await readCarWithRoot(car);
  const storage = new MemoryBlockstore(blocks);
  const { data } = await storage.readObj(root, def.commit);
  const tree = MST.load(storage, data);
  return async (path: string): Promise<{ cid: string; record: unknown } | undefined> => {
    const cid = await tree.get(path);
    const bytes = cid === null ? undefined : blocks.get(cid);
    if (cid === null || bytes === undefined) return undefined;
    return { cid: cid.toString(), record: JSON.parse(stringifyLex(cborToLexRecord(bytes))) as unknown };
  };
}

function lineOf(did: string, timeUs: number, nth: number, event: object): JetstreamLine {
  return { did, timeUs, nth, line: JSON.stringify({ did, time_us: timeUs, ...event }) };
}
