import { join } from 'node:path';
import { readNumbers } from './world/command-line.ts';

const DOCS = join(import.meta.dirname, '../docs');

const numbers = readNumbers(
  `pnpm picture [--seed 1] [--events 160000] [--days 42] [--accounts 600] [--live 100]
  Makes the pictures of the console for the README out of a simulated network: docs/console.png and docs/console-dark.png.
  It watches the network for --live seconds first, so that the live charts have lines.`,
  { seed: 1, events: 160_000, days: 42, accounts: 600, live: 100 },
);
const [{ chromium }, { chromiumPath }, { startConsoleStage }] = await Promise.all([
  import('playwright-core'),
  import('./browser/chromium.ts'),
  import('./browser/stage.ts'),
]);
const note = (line: string): void => void process.stderr.write(`${line}\n`);
{
  note('Starting a simulated network and the services: a minute or two');
  await using stage = await startConsoleStage(numbers);
  note(`Watching it for ${15 + numbers.live} seconds, and until the page is calm`);
  const browser = await chromium.launch({ ...(chromiumPath !== undefined && { executablePath: chromiumPath }) });
  const page = await browser.newPage({ viewport: { width: 1200, height: 1_120 }, reducedMotion: 'reduce' });
  page.setDefaultTimeout(120_000);
  /** A second of the network: some seconds have more events than others. */
  const flowSecond = async (second: number): Promise<void> => {
    stage.flow(Math.round(30 + 12 * Math.sin(second / 7) + 6 * Math.sin(second / 2)));
    await page.waitForTimeout(1_000);
  };
  for (let second = 0; second < 15; second++) await flowSecond(second); // the index is up with the network before it is looked at
  await page.goto(`${stage.services.search}/console/`);
  for (let second = 0; ; second++) {
    await flowSecond(second);
    const isCalm = (await page.locator('main .notice').count()) === 0; // a busy machine answers late, and the page says so
    if (isCalm && second >= numbers.live) break;
  }
  for (const [theme, name] of [
    ['light', 'console.png'],
    ['dark', 'console-dark.png'],
  ] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(DOCS, name) });
    note(join('docs', name));
  }
  await browser.close();
}
process.exit(0);
