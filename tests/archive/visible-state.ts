import { createGroundTruth, eventLine, type GroundTruth, isShownByV2, type WorldEvent } from '@updraft/simulator';
import type { ClickHouse } from '@updraft/store';
import { selectRows } from '../select-rows.ts';

/** Records that show, by at-uri, with their content. */
type Visible = ReadonlyMap<string, string | undefined>;

/** What is true after all events that a host of v2 shows, in the order of their numbers. */
export function truthOf(events: readonly WorldEvent[], firstSeq = 1): GroundTruth {
  const truth = createGroundTruth();
  for (const [i, event] of events.entries())
    if (isShownByV2(event)) truth.add(eventLine(event), event.nth, firstSeq + i);
  return truth;
}

function expectedOf(truth: GroundTruth): Visible {
  const contents = new Map<string, string>();
  for (const { repo, collection, rkey, record_json: json } of truth.rows('repo_records'))
    contents.set(`at://${String(repo)}/${String(collection)}/${String(rkey)}`, canonical(JSON.parse(String(json))));
  const shown = [...truth.records].filter(([, record]) => truth.shows(record));
  return new Map(shown.map(([uri]) => [uri, contents.get(uri)]));
}

const VISIBLE = `SELECT uri, record_json FROM (SELECT uri, record_json, version, did_key FROM repo_records WHERE NOT deleted) AS records
  LEFT JOIN hidden_actors AS hidden ON hidden.did_key = records.did_key WHERE version > hidden_below`;

async function visibleIn(clickhouse: ClickHouse): Promise<Visible> {
  const rows = await selectRows<{ uri: string; record_json: string }>(clickhouse, VISIBLE);
  return new Map(rows.map(({ uri, record_json: json }) => [uri, canonical(JSON.parse(json))]));
}

/** How what shows differs from the truth, a line for each record; with the number of records that should show. */
export async function compareVisible(
  clickhouse: ClickHouse,
  truth: GroundTruth,
): Promise<{ readonly records: number; readonly differences: string[] }> {
  const [found, expected] = [await visibleIn(clickhouse), expectedOf(truth)];
  const differences = [...expected.keys(), ...found.keys()].flatMap((uri) => {
    if (!found.has(uri)) return [`missing ${uri}`];
    if (!expected.has(uri)) return [`extra ${uri}`];
    return found.get(uri) === expected.get(uri)
      ? []
      : [`different ${uri}: ${found.get(uri)}, not ${expected.get(uri)}`];
  });
  return { records: expected.size, differences: [...new Set(differences)] };
}

/** DAG-CBOR has an order of keys of its own, and one zero. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner === 0
        ? 0
        : inner,
  );
}
