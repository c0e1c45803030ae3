import { createRedis } from '@updraft/store';
import type { Page } from 'playwright-core';
import { beginSession } from '../console/session.ts';
import type { Account } from './people.ts';
import { PASSWORD } from './people.ts';
import type { Tour } from './tour.ts';

/** Signs in as a person does, from the page of signing in on: our form, the pages of the account's own server, and back to `place`. */
export async function signIn({ checks, person: { page } }: Tour, account: Account, place: string): Promise<void> {
  await checks.that(`${account.handle} signs in at the pages of their own server`, async () => {
    const { origin, pathname } = new URL(place);
    await page.goto(`${origin}/console/sign-in?returnTo=${encodeURIComponent(pathname)}`);
    await goThroughServer(page, account);
    await page.waitForURL(place);
  });
  await checks.that(`scripts can't read what says that it is ${account.handle}`, () =>
    page.evaluate<boolean>('!/session/.test(document.cookie)'),
  );
}

/** Lets somebody in whose way in is looked at elsewhere: in brief, without the pages of their server. */
export async function enter(tour: Tour, account: Account, place: string): Promise<void> {
  const { isBrief, person, store } = tour;
  if (!isBrief) return signIn(tour, account, place);
  const { REDIS_ADDRESS = '', REDIS_PREFIX = '' } = store.env;
  const redis = createRedis({ address: REDIS_ADDRESS });
  const { reading } = await beginSession(redis, REDIS_PREFIX, account.did);
  redis.disconnect();
  const [name = '', value = ''] = reading.cookie.split('=');
  await person.context.addCookies([{ name, value, url: new URL(place).origin }]);
  return undefined;
}

/** From our form to the end of the server's pages. */
export async function goThroughServer(page: Page, { did, handle }: Account): Promise<void> {
  await page.locator('#handle').fill(did);
  await page.locator('main form button[type=submit]').click();
  const password = page.locator('input[type=password]');
  const consent = page.getByRole('button', { name: 'Authorize' });
  await password.or(consent).first().waitFor();
  if (await password.isVisible()) {
    const name = page.locator('input[title^="Username"]');
    if ((await name.inputValue()) === '') await name.fill(handle);
    await password.fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }
  await consent.click();
}
