import { CLUB } from './services.ts';
import { enter } from './sign-in.ts';
import type { Tour } from './tour.ts';

const END_SESSION = `fetch('/console/api/session')
  .then((answer) => answer.json())
  .then(({ session }) => fetch('/console/api/session', { method: 'DELETE', headers: { 'x-csrf-token': session.csrfToken } }))`;

/** A host's session ends while they write: nothing of it is lost, and it goes on once they are signed in again, in another tab. */
export async function outliveSession(tour: Tour): Promise<void> {
  const { checks, people, person, services } = tour;
  const { page, context } = person;
  const members = `${services.feedgen}/console/host/${CLUB}/members`;
  const dialog = page.getByRole('dialog');
  await page.goto(members);
  await page.getByRole('button', { name: 'Paste many' }).click();
  await dialog.getByRole('textbox').fill('nobody-of-that-name.test');
  await page.evaluate(END_SESSION);
  await checks.that('what was pasted stays when the session has ended', async () => {
    await dialog.getByRole('button', { name: 'Add 1' }).click();
    await dialog.getByText('1 not sent').waitFor();
    await page.getByText('Your session has ended.').waitFor();
  });
  await checks.that('and goes on after a sign-in in another tab', async () => {
    const other = await context.newPage();
    await enter({ ...tour, person: { ...person, page: other } }, people.host, members);
    await other.close();
    await dialog.getByRole('button', { name: 'Try 1 again' }).click();
    await dialog.getByText('1 no such account').waitFor();
  });
}
