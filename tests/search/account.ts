import { AtpAgent } from '@atproto/api';
import { formatTid } from '@updraft/atproto';

/** An account of the PDS, filled by its owner. */
export interface TestAccount {
  readonly did: string;
  readonly handle: string;
  readonly appPassword: string;
  readonly agent: AtpAgent;
  /** Creates records, 200 a call. */
  write(records: readonly NewRecord[]): Promise<void>;
  /** All records that the PDS lists, by at-uri. */
  listAll(): Promise<Map<string, unknown>>;
}

export interface NewRecord {
  readonly collection: string;
  readonly rkey: string;
  readonly value: Record<string, unknown>;
}

export const BOUNDARY_DAYS = 30;
const DAY_MS = 86_400_000;
/** Records are a day older, or a day newer, than what a clean-up of 30 days deletes. */
export const OLD_MS = Date.now() - (BOUNDARY_DAYS + 1) * DAY_MS;
export const NEW_MS = Date.now() - (BOUNDARY_DAYS - 1) * DAY_MS;

export const MAIN_PASSWORD = 'a long main password';

export async function createAccount(pds: string, name: string): Promise<TestAccount> {
  const agent = new AtpAgent({ service: pds });
  const handle = `${name}.test`;
  const { data } = await agent.createAccount({
    handle,
    email: `${name}@example.com`,
    password: MAIN_PASSWORD,
  });
  const { data: app } = await agent.com.atproto.server.createAppPassword({ name: 'clean-up' });
  const { did } = data;
  return {
    did,
    handle,
    appPassword: app.password,
    agent,
    write: async (records) => {
      for (let start = 0; start < records.length; start += 200) {
        const writes = records
          .slice(start, start + 200)
          .map((record) => ({ $type: 'com.atproto.repo.applyWrites#create' as const, ...record }));
        await agent.com.atproto.repo.applyWrites({ repo: did, validate: false, writes });
      }
    },
    listAll: () => listRecords(agent, did),
  };
}

/** All records that the PDS lists of an account, by at-uri. */
export async function listRecords(agent: AtpAgent, did: string): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  const { data: repo } = await agent.com.atproto.repo.describeRepo({ repo: did });
  for (const collection of repo.collections) {
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const page = await agent.com.atproto.repo.listRecords({
        repo: did,
        collection,
        limit: 100,
        ...(cursor && { cursor }),
      });
      // As it goes over the wire: the client makes objects of links and bytes.
      for (const { uri, value } of page.data.records) found.set(uri, JSON.parse(JSON.stringify(value)));
      cursor = page.data.cursor;
    }
  }
  return found;
}

let clock = Date.now() * 1_000 - 600_000_000;

/** A record made at `ms`, under a key of its own. */
export function makeRecord(collection: string, ms: number, value: Record<string, unknown> = {}): NewRecord {
  const rkey = formatTid({ micros: (clock += 1_000), clockId: 3 });
  return { collection, rkey, value: { $type: collection, createdAt: new Date(ms).toISOString(), ...value } };
}

/** So many records of each kind. */
export function makeRecords(count: number, make: (index: number) => NewRecord): NewRecord[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
