import { until } from '../indexer/stack.ts';
import { NEWCOMERS_TEXT } from './people.ts';
import { CLUB } from './services.ts';
import type { Tour } from './tour.ts';

/** A host lets somebody in who asked, and the feed shows what they wrote. */
export async function approveMember({ checks, person: { page }, people, services }: Tour): Promise<void> {
  const { newcomer } = people;
  await checks.that('a request to become a member stands on its page', async () => {
    await page.goto(`${services.feedgen}/console/host/${CLUB}/requests`);
    await page.locator('ul.requests').getByText(newcomer.handle).first().waitFor();
  });
  await checks.that('the feed has no post of them yet', async () => (await readFeed(services)).length === 0);
  await checks.that('the host approves it', async () => {
    const row = page.locator('ul.requests > li').filter({ hasText: newcomer.handle });
    const approve = row.getByRole('button', { name: 'Approve' });
    await approve.click();
    await approve.waitFor({ state: 'hidden' });
  });
  await checks.that('then the feed has their posts', () =>
    until(async () => (await readFeed(services)).some((uri) => uri.startsWith(`at://${newcomer.did}/`))),
  );
  await checks.that("and the feed's page shows them as cards", async () => {
    await page.goto(`${services.feedgen}/console/feeds/${CLUB}`);
    await page.locator('article').getByText(NEWCOMERS_TEXT).waitFor();
  });
}

async function readFeed({ feedgen, feedUri }: Tour['services']): Promise<string[]> {
  const query = new URLSearchParams({ feed: feedUri(CLUB) });
  const answer = await fetch(`${feedgen}/xrpc/app.bsky.feed.getFeedSkeleton?${query.toString()}`);
  const { feed = [] } = (await answer.json()) as { feed?: { post: string }[] };
  return feed.map(({ post }) => post);
}
