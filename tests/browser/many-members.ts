import { changeMembers } from '@updraft/feeds';
import { CLUB } from './services.ts';
import type { Tour } from './tour.ts';

const AT_ONCE = 5_000;
const MAX_SCROLLS = 60;
const MEMBERS_A_SCROLL = 25;

/** A feed's page of members with very many of them scrolls. Gives how long frames took, in milliseconds. */
export async function scrollManyMembers({ checks, person: { page }, services, store }: Tour, count: number) {
  for (let done = 0; done < count; done += AT_ONCE) {
    const changes = Array.from({ length: Math.min(AT_ONCE, count - done) }, (_, index) => ({
      did: didOf(done + index),
      actions: [{ kind: 'give' as const }],
    }));
    await changeMembers(store.clickhouse, { label: CLUB, changedBy: 'the test' }, changes);
  }
  const members = page.locator('main [role=grid] [role=row]');
  await checks.that(`a page of ${count} members shows the first of them`, async () => {
    await page.goto(`${services.feedgen}/console/host/${CLUB}/members`);
    await members.first().waitFor();
  });
  await checks.that('it holds no more of them than can be seen', async () => (await members.count()) < 300);
  await page.evaluate(`window.frames_ = []; (function note(last) {
    requestAnimationFrame((now) => { window.frames_.push(now - last); note(now); });
  })(performance.now())`);
  await members.first().hover();
  for (let left = Math.min(MAX_SCROLLS, count / MEMBERS_A_SCROLL); left > 0; left--) await page.mouse.wheel(0, 1_200);
  await page.waitForTimeout(500);
  const frames = await page.evaluate<number[]>('window.frames_');
  await checks.that('it goes on to members further down', async () => {
    await members.first().waitFor();
  });
  const sorted = frames.toSorted((a, b) => a - b).map((ms) => Math.round(ms));
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { middle: at(0.5), slow: at(0.95) };
}

function didOf(index: number): string {
  const letters = '234567abcdefghijklmnopqrstuvwxyz';
  const tail = [0, 1, 2, 3].map((place) => letters[Math.floor(index / 32 ** place) % 32]).join('');
  return `did:plc:${'m'.repeat(20)}${tail}`;
}
