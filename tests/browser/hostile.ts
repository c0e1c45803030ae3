import { MARKER } from './hostile-posts.ts';
import type { Tour } from './tour.ts';

const POSTS = 8;

/** A stranger's posts are shown, and nothing in them runs, leads where it must not, or leaves its card. */
export async function meetHostilePosts({ checks, person: { page }, services }: Tour): Promise<void> {
  await checks.that('a search shows the hostile posts', async () => {
    await page.goto(`${services.search}/console/search?q=${MARKER}`);
    await page
      .locator('article')
      .nth(POSTS - 1)
      .waitFor();
  });
  await checks.that('nothing of them runs, also not when it is clicked', async () => {
    for (const text of await page.locator('article .text').all()) await text.click({ position: { x: 3, y: 3 } });
    return page.evaluate<boolean>('window.hacked === undefined');
  });
  await checks.that('no mark-up of theirs becomes a part of the page', () =>
    page.evaluate<boolean>(
      `document.querySelectorAll('main script, main [onerror], main [onload], main [onclick], main iframe').length === 0`,
    ),
  );
  await checks.that('links lead only to http and https, and tell nobody where they stood', () =>
    page.evaluate<boolean>(`[...document.querySelectorAll('article a')].every((link) =>
      ['http:', 'https:'].includes(link.protocol) && (link.origin === location.origin || /noreferrer/.test(link.rel)))`),
  );
  await checks.that('marks and long words of theirs stay inside their cards', () =>
    page.evaluate<boolean>(
      `[...document.querySelectorAll('article')].every((card) => card.scrollWidth <= card.clientWidth + 1)`,
    ),
  );
}
