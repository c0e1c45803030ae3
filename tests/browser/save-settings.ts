import { CLUB } from './services.ts';
import type { Tour } from './tour.ts';

/** A host tries other settings, saves them, and goes back to those of the feeds file. */
export async function saveSettings({ checks, person: { page }, services }: Tour): Promise<void> {
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const overrides = page.getByRole('table', { name: 'What is saved beside feeds.yaml' });
  await page.goto(`${services.feedgen}/console/host/${CLUB}/preview`);
  await checks.that('other settings are tried out, and saved after that only', async () => {
    const text = page.getByLabel('The feed’s settings, in YAML');
    await text.fill(`${(await text.inputValue()).trimEnd()}\nperAuthor: 3\n`);
    if (await button('Save').isEnabled()) return false;
    await button('Run').click();
    await button('Save').click();
    await page.getByText('Saved. The feed is built with these settings now.').waitFor();
    return true;
  });
  await checks.that('what is saved stands beside what feeds.yaml says', async () => {
    await overrides.getByText('perAuthor').waitFor();
  });
  await checks.that('and is taken back', async () => {
    await button('Back to what feeds.yaml says').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Go back' }).click();
    await overrides.waitFor({ state: 'hidden' });
  });
}
