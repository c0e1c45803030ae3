import { type ListedPage, listPages } from '@updraft/console/pages';
import { MARKER } from './hostile-posts.ts';
import { CLUB } from './services.ts';
import type { Tour } from './tour.ts';

/** What some pages are asked for, so that they have something to show. */
const ASKED: Readonly<Record<string, string>> = {
  search: `?q=${MARKER}`,
  links: `?${new URLSearchParams({ target: 'https://news.example/' }).toString()}`,
};

/** The address of a page of the console. */
export function placeOf({ services }: Pick<Tour, 'services'>, { name, path, service }: ListedPage): string {
  const origin = service === 'feedgen' ? services.feedgen : services.search;
  return `${origin}${path.replace(/:(feed|name)/, CLUB)}${ASKED[name] ?? ''}`;
}

export async function pagesOf(part: ListedPage['part']): Promise<readonly ListedPage[]> {
  const pages = await listPages();
  return pages.filter((page) => page.part === part);
}

/** Looks at each page of a part, as the person who is signed in. */
export async function lookAtPages(tour: Tour, part: ListedPage['part']): Promise<void> {
  const { checks, looker, person } = tour;
  for (const page of await pagesOf(part)) {
    await checks.that(`${page.path} opens and has a heading`, async () => {
      await person.page.goto(placeOf(tour, page));
      await person.page.locator('main h1').first().waitFor();
    });
    await looker.look(person.page, page.name);
  }
}
