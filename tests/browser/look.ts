import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import type { Checks } from './checks.ts';

export interface View {
  readonly width: number;
  readonly theme: 'light' | 'dark';
}

export const ALL_VIEWS: readonly View[] = [
  { width: 1280, theme: 'light' },
  { width: 1280, theme: 'dark' },
  { width: 390, theme: 'light' },
  { width: 390, theme: 'dark' },
];

/** Looks at pages as people with other screens do. */
export interface Looker {
  /** `name` is of the picture's file. */
  look(page: Page, name: string): Promise<void>;
  readonly pages: number;
  /** Serious and critical finds of axe-core. */
  readonly axeSerious: number;
}

interface LookerOptions {
  readonly checks: Checks;
  readonly views: readonly View[];
  /** Where pictures go; without it none are taken. */
  readonly folder: string | undefined;
}

interface AxeFind {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

const HEIGHT = 800;
const IDLE_WITHIN_MS = 5_000;

export async function createLooker({ checks, views, folder }: LookerOptions): Promise<Looker> {
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  let pages = 0;
  let axeSerious = 0;
  return {
    look: async (page, name) => {
      pages++;
      for (const { width, theme } of views) {
        const view = `${name} at ${width}, ${theme}`;
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: HEIGHT });
        await settled(page);
        if (folder !== undefined)
          await page.screenshot({ path: join(folder, `${name}-${width}-${theme}.png`), fullPage: true });
        await checks.that(`${view}: nothing is wider than the screen`, () => expectNarrow(page));
        const finds = await seriousFinds(page);
        axeSerious += finds.length;
        await checks.that(`${view}: axe-core finds nothing serious`, () => {
          if (finds.length > 0) throw new Error(finds.join('; '));
        });
      }
    },
    get pages() {
      return pages;
    },
    get axeSerious() {
      return axeSerious;
    },
  };
}

/** Resolves when the page has what it asked for, and has drawn it. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: IDLE_WITHIN_MS }).catch(() => {}); // on a busy machine live pages never are
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
}

async function expectNarrow(page: Page): Promise<void> {
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  if (wide > 0) throw new Error(`by ${wide} pixels`);
}

async function seriousFinds(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{ violations: AxeFind[] }>("axe.run({ resultTypes: ['violations'] })");
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]?.target.join(' ')} ${nodes[0]?.failureSummary ?? ''}`);
}
