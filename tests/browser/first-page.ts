import type { Tour } from './tour.ts';

export interface FirstPage {
  /** JavaScript, as it came over the wire. */
  readonly firstPageKb: number;
  /** First contentful paint in a browser that has nothing of the console: the middle one of several. */
  readonly firstPaintMs: number;
}

const TRIES = 5;
const MAX_KB = 150;

export async function measureFirstPage({ browser, checks, isBrief, services }: Tour): Promise<FirstPage> {
  const paints: number[] = [];
  let bytes = 0;
  for (let left = isBrief ? 1 : TRIES; left > 0; left--) {
    await using person = await browser.person();
    const { page } = person;
    const scripts: Promise<number>[] = [];
    page.on('requestfinished', (request) => {
      if (request.resourceType() !== 'script') return;
      scripts.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    });
    await page.goto(`${services.search}/console/`);
    await page.locator('main .tile dd').first().waitFor();
    paints.push(
      await page.evaluate<number>(`performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN`),
    );
    bytes = (await Promise.all(scripts)).reduce((sum, size) => sum + size, 0);
  }
  const firstPageKb = Math.round(bytes / 100) / 10;
  await checks.that(`the first page has at most ${MAX_KB} kB of JavaScript`, () => firstPageKb <= MAX_KB);
  const middle = paints.toSorted((a, b) => a - b)[Math.floor(paints.length / 2)] ?? Number.NaN;
  return { firstPageKb, firstPaintMs: Math.round(middle) };
}
