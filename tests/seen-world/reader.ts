import type { Account } from '../feedgen/directory.ts';
import { type Answer, uris } from '../feedgen/stage.ts';
import { expectedPage, type GivenPage, type Place, placeAfter, readCursor } from './expected-page.ts';
import { HIDING, OPEN, PIN, type SeenStage } from './stage.ts';

type Dice = (below: number) => number;

/** What came of all readers' pages. */
export interface Tally {
  pages: number;
  posts: number;
  /** Pages that were asked for again. */
  again: number;
  peeks: number;
  reports: number;
  /** Posts that a reader met twice in feeds with `hideSeen`. */
  twice: number;
  /** The same without it. */
  repeatsWithout: number;
  /** Pages that were no slice of their build without what the reader had seen, or another one when asked for again. */
  brokenSlices: number;
  readonly examples: string[];
}

/** A simulated reader, who knows what it was shown. */
export interface SimulatedReader {
  /** Opens a feed. */
  begin(): Promise<void>;
  /** Reads on in one of the feeds that it has open. */
  goOn(): Promise<void>;
  /** Asks again for a page that it got before. */
  again(): Promise<void>;
  /** Looks whether there is something new. */
  peek(): Promise<void>;
  /** Reads a feed without `hideSeen`, whose app then says what was seen. */
  readElsewhere(): Promise<void>;
  /** Redis has lost everything. */
  forget(): void;
}

interface Asked {
  readonly alias: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface Answered {
  readonly asked: Asked;
  /** What the reader had seen before. */
  readonly seen: ReadonlySet<string>;
  readonly body: Answer['body'];
}

const MAX_OPEN = 5;
const MAX_ANSWERS = 20;

export function createReader(stage: SeenStage, account: Account, dice: Dice, tally: Tally): SimulatedReader {
  const shown = new Set<string>();
  const elsewhere = new Set<string>();
  /** Next pages of what is open. */
  let open: Asked[] = [];
  /** Pages with a cursor, as they came. */
  let answers: Answered[] = [];

  const ask = async ({ alias, limit, cursor }: Asked) =>
    stage.page(dice(2), account, alias, { limit: String(limit), ...(cursor !== undefined && { cursor }) });

  function fault(what: string, asked: Asked, answer: Answer): void {
    tally.brokenSlices += 1;
    tally.examples.push(`${account.did} ${what}: ${JSON.stringify({ asked, answer: answer.body }).slice(0, 2_000)}`);
  }

  /** Where the page may begin: an instance may not have the newest build yet, or, once Redis has lost it, that of the cursor. */
  function placesOf({ alias, cursor }: Asked): Place[] {
    const current = stage.current(alias);
    if (cursor === undefined) return current.map((build) => ({ build, offset: 0 }));
    const { buildId, offset, lastUri } = readCursor(cursor);
    const build = stage.build(alias, buildId);
    const own = build === undefined ? [] : [{ build, offset }];
    return stage.isLost(alias, buildId) ? [...own, ...current.map((one) => placeAfter(one, lastUri))] : own;
  }

  function check(asked: Asked, answer: Answer, seen: ReadonlySet<string>): void {
    const given = givenPage(answer);
    const isHidden = (uri: string) => uri !== PIN && seen.has(uri);
    const isAsExpected = placesOf(asked).some((place) => isSame(given, expectedPage(place, asked.limit, isHidden)));
    if (!isAsExpected) fault('no slice', asked, answer);
  }

  /** After a loss a first page may come again as it was, and then leads to the same page. */
  function keepOpen(next: Asked): void {
    if (next.cursor === undefined) return;
    open = [...open.filter(({ cursor }) => cursor !== next.cursor), next].slice(-MAX_OPEN);
  }

  async function read(asked: Asked): Promise<void> {
    const answer = await ask(asked);
    const seen = new Set(shown);
    check(asked, answer, seen);
    tally.pages += 1;
    for (const uri of uris(answer)) {
      tally.posts += 1;
      if (uri !== PIN && shown.has(uri)) tally.twice += 1;
      shown.add(uri);
    }
    if (asked.cursor !== undefined) answers = [...answers, { asked, seen, body: answer.body }].slice(-MAX_ANSWERS);
    keepOpen({ ...asked, cursor: answer.body.cursor });
  }

  const begin = () => read({ alias: HIDING[dice(HIDING.length)] ?? '', limit: 2 + dice(8) });
  return {
    begin,
    goOn: () => {
      const [next] = open.splice(dice(Math.max(1, open.length)), 1);
      return next === undefined ? begin() : read(next);
    },
    again: async () => {
      const before = answers[dice(Math.max(1, answers.length))];
      if (before === undefined) return;
      tally.again += 1;
      const answer = await ask(before.asked);
      check(before.asked, answer, before.seen);
      for (const uri of uris(answer)) shown.add(uri);
      const { buildId } = readCursor(before.asked.cursor ?? '');
      // Of a build that is gone at this instance, the posts come out of a newer one.
      const isLost = stage.isLost(before.asked.alias, buildId);
      if (!isLost && JSON.stringify(answer.body) !== JSON.stringify(before.body))
        fault(`asked again, before ${JSON.stringify(before.body)}`, before.asked, answer);
    },
    peek: async () => {
      const asked = { alias: HIDING[dice(HIDING.length)] ?? '', limit: 1 };
      tally.peeks += 1;
      check(asked, await ask(asked), shown);
    },
    readElsewhere: async () => {
      const given = uris(await ask({ alias: OPEN, limit: 10 }));
      tally.repeatsWithout += given.filter((uri) => elsewhere.has(uri)).length;
      for (const uri of given) elsewhere.add(uri);
      const seen = given.slice(0, dice(4));
      if (seen.length === 0 || (await stage.report(dice(2), account, HIDING[0], seen)) !== 200) return;
      tally.reports += 1;
      for (const uri of seen) shown.add(uri);
    },
    forget: () => {
      shown.clear();
      answers = [];
    },
  };
}

function givenPage(answer: Answer): GivenPage {
  const { cursor } = answer.body;
  return { uris: uris(answer), next: cursor === undefined ? undefined : readCursor(cursor) };
}

function isSame(one: GivenPage, other: GivenPage): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
