import type { ConsoleConfig, Roles } from '@updraft/console-api/views';
import { PAGES, type Page } from '../pages.ts';
import { isServedHere, pageUrl } from './service-address.ts';

export interface MenuItem {
  readonly name: string;
  readonly title: string;
  readonly url: string;
  readonly path: string;
}

/** The menu of someone with these roles. A page is left out where the address of its service is not known. */
export function menuItems(config: ConsoleConfig, roles: Roles | undefined): MenuItem[] {
  const shown = PAGES.filter(
    (page) => isInMenu(page) && !config.pagesOff.includes(page.name) && maySeeSomewhere(config, page, roles),
  );
  return shown.flatMap((page) => {
    const url = pageUrl(config, page.service, page.path);
    if (url === undefined) return [];
    return [
      { name: page.name, title: page.part === 'operator' ? 'Operation' : (page.title ?? ''), url, path: page.path },
    ];
  });
}

/** Operators' pages share one place in the menu; the way between them stands on each. */
function isInMenu({ part, name, title }: Page): boolean {
  return title !== undefined && (part !== 'operator' || name === 'ingest');
}

/** The pages of operators, for the way between them. */
export function operatorItems({ pagesOff }: ConsoleConfig): { path: string; title: string }[] {
  return PAGES.filter(
    ({ part, name, title }) => part === 'operator' && title !== undefined && !pagesOff.includes(name),
  ).map(({ path, title = '' }) => ({ path, title }));
}

/** Whether the roles open the page. What it shows of which feed is the server's to say. */
export function maySee({ part }: Pick<Page, 'part'>, roles: Roles | undefined): boolean {
  if (part === 'public') return true;
  if (roles === undefined) return false;
  if (roles.isOperator) return true;
  return part === 'host' && roles.hostOf.length + roles.moderatorOf.length > 0;
}

/** Only feedgen knows who looks after which feed: elsewhere the way there stands open to who is signed in. */
function maySeeSomewhere(config: ConsoleConfig, page: Page, roles: Roles | undefined): boolean {
  if (page.part === 'host' && !isServedHere(config, 'feedgen')) return roles !== undefined;
  return maySee(page, roles);
}

/** Whether the page that is open belongs to the item. */
export function isWithin({ path }: { path: string }, open: string): boolean {
  const own = path.replace(/\/$/, '');
  if (own === '/console') return open === own;
  return open === own || open.startsWith(`${own}/`);
}
