import { commitLine, tid } from '../indexer/events.ts';

/** What the stream tells of one account: each call is a line. Times and revs are numbers of minutes of one day. */
export interface ToldAccount {
  readonly did: string;
  /** A post whose text is its name, which is also what its key is made of. */
  post(name: string, rev: number): string;
  edit(name: string, text: string, rev: number): string;
  like(name: string, uri: string, rev: number): string;
  follow(name: string, did: string, rev: number): string;
  remove(name: string, rev: number, collection?: string): string;
  /** A `#sync` of that rev. The rows that replace the repository are calls of the others. */
  sync(rev: number): string;
  status(minute: number, status: string): string;
  uri(name: string): string;
}

const POST = 'app.bsky.feed.post';

export function createToldAccount(did: string, dayMicros: number): ToldAccount {
  const micros = (minute: number) => dayMicros + minute * 60_000_000;
  const rkeyOf = (name: string) => tid(micros(0) + (name.codePointAt(0) ?? 0));
  const createdAt = new Date(dayMicros / 1_000).toISOString();
  const line = (name: string, rev: number, operation: string, collection: string, fields: object = {}) => {
    const record = { $type: collection, createdAt, ...fields };
    const parts = {
      did,
      collection,
      operation,
      record,
      rkey: rkeyOf(name),
      rev: tid(micros(rev)),
      timeUs: micros(rev),
    };
    return commitLine(0, parts);
  };
  return {
    did,
    post: (name, rev) => line(name, rev, 'create', POST, { text: name }),
    edit: (name, text, rev) => line(name, rev, 'update', POST, { text }),
    like: (name, uri, rev) => line(name, rev, 'create', 'app.bsky.feed.like', { subject: { cid: 'bafy', uri } }),
    follow: (name, subject, rev) => line(name, rev, 'create', 'app.bsky.graph.follow', { subject }),
    remove: (name, rev, collection = POST) => line(name, rev, 'delete', collection),
    sync: (rev) =>
      JSON.stringify({
        did,
        time_us: micros(rev),
        kind: 'sync',
        sync: { did, rev: tid(micros(rev)), seq: 0, time: '' },
      }),
    status: (minute, status) => {
      const account = {
        active: status === '',
        did,
        seq: 1,
        status,
        time: new Date(micros(minute) / 1_000).toISOString(),
      };
      return JSON.stringify({ did, time_us: micros(minute), kind: 'account', account });
    },
    uri: (name) => `at://${did}/${POST}/${rkeyOf(name)}`,
  };
}
