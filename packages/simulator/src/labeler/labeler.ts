import { createHash } from 'node:crypto';
import { type Endpoint, startEndpoint } from '../wire/endpoint.ts';
import { base32 } from '../world/accounts.ts';
import { createLabelLog, type LabelDraft, type LabelLog } from './label-log.ts';
import { createLabelReaders } from './label-readers.ts';

export interface LabelerOptions {
  readonly seed: number;
  /** Default: one that the seed gives. */
  readonly did?: string | undefined;
  /** The first place of its stream. */
  readonly firstSeq?: number;
  /** It has forgotten older labels than so many. */
  readonly maxKept?: number;
}

/** A labeler whose labels come from outside (`say`), and which can misbehave as real ones do. */
export interface LabelerServer {
  readonly did: string;
  /** For a PLC directory; undefined while it does not listen. */
  document(): Promise<object | undefined>;
  /** Says it to everybody who is connected. Gives the place in the stream. `forged`: with a signature that is not the labeler's. */
  say(draft: LabelDraft, forged?: boolean): Promise<number>;
  /** Sends bytes that are no frame. */
  babble(bytes: Uint8Array): void;
  /** What it says of each subject and value, negations included: what a reader must have. */
  standing(): LabelDraft[];
  /** Ends all connections without a word. */
  drop(): void;
  /** Loses everything, as after the loss of its database, and counts from 1 on. */
  startAnew(): void;
  /** Gets another key, of which its DID document tells. */
  rotate(): void;
  /** From now on it takes readers, at any free port for 0. Gives the port. */
  listen(host?: string, port?: number): Promise<number>;
  close(): Promise<void>;
}

export async function startLabeler(options: LabelerOptions): Promise<LabelerServer> {
  const labeler = createLabeler(options);
  await labeler.listen();
  return labeler;
}

export function createLabeler(options: LabelerOptions): LabelerServer {
  const { seed, did = labelerDid(seed), firstSeq = 1, maxKept = 200_000 } = options;
  const log = createLabelLog({ did, secret: `${seed}/labeler-key`, firstSeq, maxKept });
  const readers = createLabelReaders(log);
  let address: string | undefined;
  let endpoint: Endpoint | undefined;
  return {
    did,
    document: async () => (address === undefined ? undefined : didDocument(did, await log.key(), address)),
    say: async (draft, forged) => {
      const seq = await log.add(draft, forged);
      readers.wake();
      return seq;
    },
    babble: (bytes) => {
      log.addFrame(bytes);
      readers.wake();
    },
    standing: () => standingIn(log),
    drop: readers.drop,
    startAnew: () => {
      log.startAt(1);
      readers.drop();
    },
    rotate: log.rotate,
    listen: async (host = '127.0.0.1', port = 0) => {
      const open = (query: URLSearchParams) => (connection: { ws: Parameters<typeof readers.open>[0] }) =>
        readers.open(connection.ws, cursorOf(query));
      endpoint = await startEndpoint({ host, port, ...PATIENCE, protocols: { [PATH]: { open } } });
      address = `http://${host}:${endpoint.port}`;
      return endpoint.port;
    },
    close: async () => endpoint?.close(),
  };
}

const PATH = '/xrpc/com.atproto.label.subscribeLabels';
const PATIENCE = { slowReaderMs: 5_000, pingEveryMs: 30_000 };

function labelerDid(seed: number): string {
  return `did:plc:${base32(createHash('sha1').update(`${seed}/labeler`).digest())}`;
}

function standingIn({ entries }: LabelLog): LabelDraft[] {
  const last = new Map<string, LabelDraft>();
  for (const { said } of entries) if (said !== undefined) last.set(`${said.uri} ${said.val}`, said);
  return [...last.values()];
}

function cursorOf(query: URLSearchParams): number | undefined {
  const text = query.get('cursor');
  return text === null ? undefined : Number(text);
}

/** Source: https://atproto.com/specs/label#labeler-service-identity */
function didDocument(did: string, key: string, serviceEndpoint: string): object {
  const publicKeyMultibase = key.slice('did:key:'.length);
  return {
    id: did,
    alsoKnownAs: ['at://labels.updraft.example'],
    verificationMethod: [{ id: `${did}#atproto_label`, type: 'Multikey', controller: did, publicKeyMultibase }],
    service: [{ id: '#atproto_labeler', type: 'AtprotoLabeler', serviceEndpoint }],
  };
}
