import { setTimeout as delay } from 'node:timers/promises';
import { type ClickHouse, feedInteractions, feedRequestAnalytics, insertRows } from '@updraft/store';
import { type Stage, startStage, until } from '../feedgen/stage.ts';
import { type SearchService, startSearchService } from '../search/service.ts';
import { selectRows } from '../select-rows.ts';
import { createDice } from '../world/dice.ts';
import { deedRow, makeHistory, pageRow } from './history.ts';
import { startLiveReaders } from './live-readers.ts';
import { expectedRows, type Rows, rowKey, type TrueDeed, type TruePage } from './truth.ts';

export interface ReadersRun {
  readonly seed: number;
  /** Readings of a feed. */
  readonly acts: number;
  /** Interactions with made-up names, besides those of the readers. */
  readonly forged: number;
}

export interface ReadersVerdict extends ReadersRun {
  readonly pages: number;
  readonly interactions: number;
  /** Rows of /stats/feeds that were compared. */
  readonly rows: number;
  readonly mismatched: number;
  readonly examples: readonly string[];
}

const DAY_MS = 86_400_000;
const HISTORY_DAYS = 6;
const READERS = 14;

/**
 * Readers read the feeds of a running feed generator and send back what they did: twice, for pages of others, with made-up names. Days of the
 * past come as rows. Then /stats/feeds must say what they did, in each breakdown.
 */
export async function verifyReaders(run: ReadersRun): Promise<ReadersVerdict> {
  await pastMidnight();
  const dice = createDice(run.seed);
  await using stage = await startStage();
  const { pages, deeds, faults } = await letThemRead(stage, dice, run.acts);
  const today = Math.floor(Date.now() / DAY_MS);
  const past = makeHistory(dice, today, HISTORY_DAYS, READERS);
  await writeHistory(stage.clickhouse, dice, past);
  await forge(stage.clickhouse, run.forged);
  const allPages = [...pages, ...past.pages];
  const allDeeds = [...deeds, ...past.deeds];
  const expected = new Map(expectedRows(allPages, allDeeds, today - 30));
  if (run.forged > 0) addForged(expected, today, run.forged);
  await using search = await startSearchService({ clickhouse: stage.clickhouse, env: redisEnv(stage) });
  const examples = [...faults, ...differences(await readReport(search), expected)];
  const counts = { pages: allPages.length, interactions: allDeeds.length + run.forged, rows: expected.size };
  return { ...run, ...counts, mismatched: examples.length, examples };
}

/** What is read before midnight and counted after it would be of two days. */
async function pastMidnight(): Promise<void> {
  const leftMs = DAY_MS - (Date.now() % DAY_MS);
  if (leftMs < 90_000) await delay(leftMs + 100);
}

async function letThemRead(stage: Stage, dice: (below: number) => number, acts: number) {
  await using readers = await startLiveReaders(stage, dice, READERS);
  for (let nth = 0; nth < acts; nth++) await readers.act();
  const { pages, deeds, faults } = readers;
  const count = async (table: string): Promise<number> => {
    const [row] = await selectRows<{ rows: number }>(
      stage.clickhouse,
      `SELECT toFloat64(count()) AS rows FROM ${table}`,
    );
    return row?.rows ?? 0;
  };
  await until(async () => (await count('feed_request_analytics')) >= pages.length);
  await until(async () => (await count('feed_interactions')) >= readers.sent());
  return { pages, deeds, faults };
}

/** Some rows twice, as after an insert whose answer was lost. */
async function writeHistory(
  clickhouse: ClickHouse,
  dice: (below: number) => number,
  { pages, deeds }: { pages: readonly TruePage[]; deeds: readonly TrueDeed[] },
): Promise<void> {
  const rows = pages.map((page) => pageRow(page, dice));
  await insertRows(clickhouse, feedRequestAnalytics, rows);
  await insertRows(clickhouse, feedRequestAnalytics, rows.slice(0, rows.length / 2));
  await insertRows(
    clickhouse,
    feedInteractions,
    deeds.map((deed, nth) => deedRow(deed, nth, dice)),
  );
}

const FORGER = 'did:plc:forgerforgerforgerforgerf';

/** Half of them name one page that never was, the others a page each. */
async function forge(clickhouse: ClickHouse, count: number): Promise<void> {
  await clickhouse.command(
    `INSERT INTO feed_interactions (received_at, feed, viewer_did, interaction_id, item, event, req_id)
     SELECT now64(3), 'forged', concat('${FORGER}', toString(number % 7)), toString(number), concat('at://did:plc:x/app.bsky.feed.post/', toString(number)), 'interactionLike',
       if(number % 2 = 0, 'never', toString(number))
     FROM numbers({count:UInt64})`,
    { count },
  );
}

function addForged(expected: Map<string, string>, today: number, count: number): void {
  const name = rowKey('day', new Date(today * DAY_MS).toISOString().slice(0, 10), 'forged', '');
  expected.set(name, JSON.stringify([0, 0, ...Array.from({ length: 8 }, () => null), count]));
}

function redisEnv({ databases }: Stage): Readonly<Record<string, string>> {
  return { ...databases.clickhouse.env, REDIS_ADDRESS: databases.redis.address };
}

type Row = Readonly<Record<string, number | string | null>>;

const NUMBERS = [
  'requests',
  'viewers',
  'served',
  'seen',
  'likes',
  'reposts',
  'replies',
  'quotes',
  'request_less',
  'request_more',
];

async function readReport(search: SearchService): Promise<Rows> {
  await until(async () => (await search.get('/stats/feeds')).status === 200);
  const rows = new Map<string, string>();
  for (const by of ['day', 'variant', 'position']) {
    const { days }: { days: readonly { date: string; feeds: readonly Row[] }[] } = (
      await search.get(`/stats/feeds?by=${by}`)
    ).json();
    for (const { date, feeds } of days)
      for (const row of feeds) {
        const numbers = NUMBERS.map((name) => row[`num_${name}`]);
        const unjoined = by === 'day' ? [row['num_unjoined']] : [];
        rows.set(
          rowKey(by, date, String(row['feed']), String(row[by] ?? '')),
          JSON.stringify([...numbers, ...unjoined]),
        );
      }
  }
  return rows;
}

function differences(found: Rows, expected: Rows): string[] {
  return [...new Set([...found.keys(), ...expected.keys()])]
    .filter((name) => found.get(name) !== expected.get(name))
    .map((name) => `${name}: ${found.get(name) ?? 'no row'} instead of ${expected.get(name) ?? 'no row'}`);
}
