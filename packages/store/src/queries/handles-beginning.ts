import { didList } from '../clickhouse/lists.ts';
import type { CallOptions, ClickHouse } from '../clickhouse/types.ts';
import { string, uint64 } from '../row-binary/codecs.ts';
import { type RowOf, shape } from '../row-binary/shape.ts';
import { isValidHandle } from '../tables/actor-handles.ts';
import { hiddenBelow } from '../tables/hidden-actors.ts';

const CLAIM = shape({ did: string, handle: string, claimedMicros: uint64 });
type Claim = RowOf<typeof CLAIM>;
export type NamedAccount = Pick<Claim, 'did' | 'handle'>;

export interface BeginningQuery {
  /** Plain text in lower case, as handles are stored. */
  readonly beginning: string;
  readonly limit: number;
}

/** So many handles are read in their order, of which the shortest come first: nearly one block, which the engine reads anyway. */
const MAX_READ = 8_000;
/** A look-up of an account reads some thousand rows around it. */
const LOOKED_UP_AT_ONCE = 16;
const MAX_LOOK_UPS = 6;

/**
 * Active accounts whose handle begins so, the shortest handle first. Of a beginning that more than 8,000 handles have, those are found that come
 * first in the alphabet.
 */
export async function readHandlesBeginning(
  clickhouse: ClickHouse,
  { beginning, limit }: BeginningQuery,
  options: Omit<CallOptions, 'lists'> = {},
): Promise<NamedAccount[]> {
  if (beginning === '') return [];
  const candidates = await clickhouse.query(
    SELECT_CANDIDATES,
    shape({ did: string }),
    { beginning, limit: LOOKED_UP_AT_ONCE * MAX_LOOK_UPS },
    options,
  );
  const found = new Map<string, Claim>();
  for (let start = 0; start < candidates.length && found.size < limit; start += LOOKED_UP_AT_ONCE) {
    const dids = candidates.slice(start, start + LOOKED_UP_AT_ONCE).map(({ did }) => did);
    for (const claim of await presentHandles(clickhouse, beginning, dids, options))
      if (isLater(claim, found.get(claim.handle))) found.set(claim.handle, claim);
  }
  // An account may have been looked up for a shorter handle that it gave up.
  const inOrder = [...found.values()].toSorted(
    (a, b) => a.handle.length - b.handle.length || (a.handle < b.handle ? -1 : 1),
  );
  return inOrder.slice(0, limit).map(({ did, handle }) => ({ did, handle }));
}

/** The handle that an account gave up stands in the index until a merge, so these accounts once had such a one. */
const SELECT_CANDIDATES = `
  SELECT did FROM (
    SELECT did, handle FROM actor_handles WHERE startsWith(handle, {beginning:String}) ORDER BY handle LIMIT ${MAX_READ}
  )
  WHERE ${isValidHandle} AND ${hiddenBelow('sipHash64(did)')} < 18446744073709551615
  GROUP BY did ORDER BY min(length(handle)), min(handle), did LIMIT {limit:UInt32}`;

/** Of several that claim one handle the last claim counts. */
function isLater(claim: Claim, known: Claim | undefined): boolean {
  return (
    known === undefined ||
    claim.claimedMicros > known.claimedMicros ||
    (claim.claimedMicros === known.claimedMicros && claim.did < known.did)
  );
}

async function presentHandles(
  clickhouse: ClickHouse,
  beginning: string,
  dids: readonly string[],
  options: Omit<CallOptions, 'lists'>,
): Promise<Claim[]> {
  return clickhouse.query(
    `SELECT did, argMax(handle, version) AS handle, intDiv(max(version), 2048) AS claimed_micros FROM actor_handles WHERE did IN given_dids
     GROUP BY did HAVING ${isValidHandle} AND startsWith(handle, {beginning:String})`,
    CLAIM,
    { beginning },
    { ...options, lists: [didList(dids)] },
  );
}
