import { createHash } from 'node:crypto';
import { encode, toBytes } from '@atcute/cbor';
import { Secp256k1Keypair } from '@atproto/crypto';

/** What a labeler says: without `neg` that the label holds, with it that it holds no more. */
export interface LabelDraft {
  /** A DID, or the at-uri of a record. */
  readonly uri: string;
  readonly val: string;
  readonly cid?: string;
  readonly neg?: boolean;
  /** RFC 3339. */
  readonly cts: string;
  readonly exp?: string;
}

/** A place of the stream: a frame, and what it says; nothing for one that nobody may believe. */
export interface LogEntry {
  readonly seq: number;
  readonly frame: Uint8Array;
  readonly said: LabelDraft | undefined;
}

/** The labels of a labeler, signed, in their order. The oldest are forgotten beyond `maxKept`. */
export interface LabelLog {
  readonly entries: readonly LogEntry[];
  nextSeq(): number;
  /** Gives the seq. `forged`: with a signature of somebody else's key. */
  add(draft: LabelDraft, forged?: boolean): Promise<number>;
  /** A frame that is none, at a place of its own. */
  addFrame(frame: Uint8Array): void;
  /** Forgets everything and counts from `seq` on. */
  startAt(seq: number): void;
  /** Later labels are signed with another key. */
  rotate(): void;
  /** The present key, as a did:key. */
  key(): Promise<string>;
}

export interface LabelLogOptions {
  readonly did: string;
  /** What the keys are made of. */
  readonly secret: string;
  readonly firstSeq: number;
  readonly maxKept: number;
}

/** Source: https://atproto.com/specs/label#signatures */
export function createLabelLog({ did, secret, firstSeq, maxKept }: LabelLogOptions): LabelLog {
  let entries: LogEntry[] = [];
  let [seq, rotations] = [firstSeq, 0];
  let last: Promise<unknown> = Promise.resolve();
  const keyOf = (name: string) => importKey(`${secret}/${name}`);
  let key = keyOf('0');
  const put = (entry: Omit<LogEntry, 'seq'>): number => {
    entries.push({ ...entry, seq });
    // In larger steps than one, since each copies the rest.
    if (entries.length > maxKept * 1.1) entries = entries.slice(-maxKept);
    return seq++;
  };
  const sign = async (draft: LabelDraft, forged: boolean): Promise<number> => {
    const label = { ver: 1, src: did, ...draft };
    const sig = await (await (forged ? keyOf('forger') : key)).sign(encode(label));
    const body = { seq, labels: [{ ...label, sig: toBytes(sig) }] };
    return put({ frame: frameOf({ op: 1, t: '#labels' }, body), said: forged ? undefined : draft });
  };
  return {
    get entries() {
      return entries;
    },
    nextSeq: () => seq,
    add: (draft, forged = false) => {
      const added = last.then(() => sign(draft, forged));
      last = added;
      return added;
    },
    addFrame: (frame) => void put({ frame, said: undefined }),
    startAt: (first) => {
      entries = [];
      seq = first;
    },
    rotate: () => {
      rotations += 1;
      key = keyOf(String(rotations));
    },
    key: async () => (await key).did(),
  };
}

/** A frame of an event stream. Source: https://atproto.com/specs/event-stream#framing */
export function frameOf(header: object, body: object): Uint8Array {
  return Buffer.concat([encode(header), encode(body)]);
}

function importKey(secret: string): Promise<Secp256k1Keypair> {
  return Secp256k1Keypair.import(createHash('sha256').update(secret).digest());
}
