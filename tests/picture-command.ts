import { join } from 'node:path';
import { readNumbers } from './world/command-line.ts';

const DOCS = join(import.meta.dirname, '../docs');

const numbers = readNumbers(
  `pnpm picture [--seed 1] [--events 120000] [--days 21]
  Makes the pictures of the console for the README out of a simulated network: docs/console.png and docs/console-dark.png.`,
  { seed: 1, events: 120_000, days: 21 },
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
  note('Waiting until the console has its charts and numbers');
  const browser = await chromium.launch({ ...(chromiumPath !== undefined && { executablePath: chromiumPath }) });
  const page = await browser.newPage({ viewport: { width: 1200, height: 1_120 }, reducedMotion: 'reduce' });
  page.setDefaultTimeout(120_000);
  await page.goto(`${stage.services.search}/console/`);
  for (const live = 30; ; await page.waitForTimeout(1_000)) {
    stage.flow(live);
    const isCalm = (await page.locator('main .notice').count()) === 0; // a busy machine answers late, and the page says so
    if (isCalm && (await page.locator('main canvas').count()) >= 6) break;
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
