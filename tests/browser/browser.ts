import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Checks } from './checks.ts';
import { chromiumPath, whyNoChromium } from './chromium.ts';

/** A Chromium whose pages are watched: what they must never do becomes a fault. */
export interface WatchedBrowser extends AsyncDisposable {
  /** A person's browser, with no cookie yet. */
  person(): Promise<Person>;
  /** While `work` runs, servers may be away: answers of 5xx are no faults. */
  duringOutage<T>(work: () => Promise<T>): Promise<T>;
}

export interface Person extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
}

interface WatchOptions {
  readonly checks: Checks;
  /** Origins of the console, whose pages are watched. */
  readonly own: readonly string[];
  /** Origins that they may lead to. */
  readonly known: readonly string[];
}

interface Weather {
  isOutage: boolean;
}

const STEP_MS = 60_000;
/** A refused request is told twice, and once by its answer, which is looked at. */
const OF_AN_ANSWER = /^Failed to load resource/;
const TELL_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) =>
  console.error('refused by the policy: ' + event.violatedDirective + ' ' + event.blockedURI))`;

export async function startBrowser(options: WatchOptions): Promise<WatchedBrowser> {
  if (chromiumPath === undefined) throw new Error(`there is no browser${whyNoChromium}`);
  const browser = await chromium.launch({ executablePath: chromiumPath });
  const weather: Weather = { isOutage: false };
  return {
    person: () => openPerson(browser, options, weather),
    duringOutage: async (work) => {
      weather.isOutage = true;
      try {
        return await work();
      } finally {
        weather.isOutage = false;
      }
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function openPerson(browser: Browser, options: WatchOptions, weather: Weather): Promise<Person> {
  const context = await browser.newContext({ reducedMotion: 'reduce', viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(STEP_MS);
  await context.addInitScript(TELL_VIOLATIONS);
  const page = await context.newPage();
  watch(page, options, weather);
  return { page, context, [Symbol.asyncDispose]: () => context.close() };
}

function watch(page: Page, { checks, own, known }: WatchOptions, weather: Weather): void {
  const where = (): string => new URL(page.url()).pathname;
  const isOwn = (): boolean => own.some((origin) => page.url().startsWith(`${origin}/`));
  page.on('pageerror', (error) => isOwn() && checks.fault(`${where()} throws ${error.message}`));
  page.on('dialog', (dialog) => {
    checks.fault(`${where()} opens a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() !== 'error' || !isOwn() || OF_AN_ANSWER.test(message.text())) return;
    if (!weather.isOutage) checks.fault(`${where()} says ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (isOwn() && url.protocol !== 'data:' && !known.includes(url.origin))
      checks.fault(`${where()} asks ${url.origin}`);
  });
  page.on('response', (response) => {
    if (!isOwn() || response.status() < 500 || weather.isOutage) return;
    checks.fault(`${where()}: ${response.status()} for ${new URL(response.url()).pathname}`);
  });
}
