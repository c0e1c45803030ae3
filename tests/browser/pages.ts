import { PAGES } from '../../apps/console/src/pages.ts';
import { MARKER } from './hostile-posts.ts';
import { CLUB } from './services.ts';
import type { Tour } from './tour.ts';

type Page = (typeof PAGES)[number];

/** What some pages are asked for, so that they have something to show. */
const ASKED: Readonly<Record<string, string>> = { search: `?q=${MARKER}` };

/** The address of a page of the console. */
export function addressOf({ services }: Pick<Tour, 'services'>, { name, path, service }: Page): string {
  const origin = service === 'feedgen' ? services.feedgen : services.search;
  return `${origin}${path.replace(/:(feed|name)/, CLUB)}${ASKED[name] ?? ''}`;
}

export function pagesOf(part: Page['part']): readonly Page[] {
  return PAGES.filter((page) => page.part === part);
}

/** Looks at each page of a part, as the person who is signed in. */
export async function lookAtPages(tour: Tour, part: Page['part']): Promise<void> {
  const { checks, looker, person } = tour;
  for (const page of pagesOf(part)) {
    await checks.that(`${page.path} opens and has a heading`, async () => {
      await person.page.goto(addressOf(tour, page));
      await person.page.locator('main h1').first().waitFor();
    });
    await looker.look(person.page, page.name);
  }
}
