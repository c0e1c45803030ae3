import type { Page } from 'playwright-core';
import type { Person as Account } from './people.ts';
import { PASSWORD } from './people.ts';
import type { Tour } from './tour.ts';

export interface SignInOptions {
  readonly account: Account;
  /** Origin of the service whose pages the person uses. */
  readonly at: string;
  readonly purpose?: 'console' | 'cleanup';
  /** A path of the console. */
  readonly returnTo: string;
}

/** Signs in as a person does: our form, the pages of the account's own server, and back. */
export async function signIn({ checks }: Tour, page: Page, options: SignInOptions): Promise<void> {
  const { account, at, returnTo, purpose = 'console' } = options;
  await checks.that(`${account.handle} signs in at the pages of their own server`, async () => {
    await page.goto(`${at}/console/`);
    const body = { handle: account.did, purpose, returnTo };
    const answer = await page.request.post(`${at}/console/api/sign-in`, { data: body });
    const { redirect } = (await answer.json()) as { redirect: string };
    await page.goto(redirect);
    await allow(page, account);
    await page.waitForURL(`${at}${returnTo}`);
  });
  await checks.that(`no token of ${account.handle} can be read by scripts`, () =>
    page.evaluate<boolean>('document.cookie === "" && sessionStorage.length === 0'),
  );
}

/** On the pages of the account's server. */
async function allow(page: Page, { handle }: Account): Promise<void> {
  const name = page.locator('input[title^="Username"]');
  await page.locator('input[type=password]').waitFor();
  if ((await name.inputValue()) === '') await name.fill(handle);
  await page.locator('input[type=password]').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Authorize' }).click();
}
