import { type FunctionComponent, h } from 'preact';
import { useLocation } from 'preact-iso';
import { useConfig } from '../data/config.tsx';
import { maySee, operatorItems } from '../data/menu.ts';
import { pageUrl } from '../data/service-address.ts';
import { LastSession, signInPath, useSession } from '../data/session.tsx';
import type { Page as PageOfList } from '../pages.ts';
import { EmptyState } from './empty-state.tsx';
import { Notice } from './notice.tsx';
import { Page } from './page.tsx';
import { SubNav } from './sub-nav.tsx';

/** The page as a route: it opens where it is switched on, served, and for those who may see it; else it says what to do. */
export function gated(page: PageOfList): FunctionComponent {
  return function Gate() {
    const config = useConfig();
    const { url } = useLocation();
    if (config.pagesOff.includes(page.name)) return <SwitchedOff page={page} />;
    const elsewhere = pageUrl(config, page.service, url);
    if (elsewhere !== url) return <Elsewhere page={page} url={elsewhere} />;
    if (page.part === 'public') return h(page.component, {});
    return (
      <LastSession>
        <ForRoles page={page} />
      </LastSession>
    );
  };
}

function ForRoles({ page }: { page: PageOfList }) {
  const { session, isKnown, error } = useSession();
  const { url } = useLocation();
  const config = useConfig();
  const title = page.title ?? 'Your feeds';
  if (!isKnown)
    return (
      <Page title={title}>
        <Notice error={error} hasValue={false} />
      </Page>
    );
  if (session === undefined)
    return (
      <Page title={title}>
        <EmptyState title="Sign in to see this page">
          <p>{page.part === 'host' ? 'It is for those who look after feeds.' : 'It is for those who run Updraft.'}</p>
          <a class="button primary" href={signInPath(url)}>
            Sign in
          </a>
        </EmptyState>
      </Page>
    );
  if (!maySee(page, session.roles)) return <NoRole page={page} title={title} />;
  return (
    <>
      {page.part === 'operator' ? <SubNav label="Operation" items={operatorItems(config)} /> : null}
      {h(page.component, {})}
    </>
  );
}

function NoRole({ page, title }: { page: PageOfList; title: string }) {
  return (
    <Page title={title}>
      <EmptyState title="Your account has no role here">
        <p>
          {page.part === 'host'
            ? 'Hosts and moderators of a feed stand in its entry of feeds.yaml. Ask whoever runs Updraft.'
            : 'Operators are named in CONSOLE_OPERATORS. Ask whoever runs Updraft.'}
        </p>
      </EmptyState>
    </Page>
  );
}

function SwitchedOff({ page }: { page: PageOfList }) {
  return (
    <Page title={page.title ?? 'This page'}>
      <EmptyState title="This page is switched off">
        <p>Whoever runs Updraft has taken it out of the console.</p>
        <a href="/console/">To the first page</a>
      </EmptyState>
    </Page>
  );
}

function Elsewhere({ page, url }: { page: PageOfList; url: string | undefined }) {
  return (
    <Page title={page.title ?? 'This page'}>
      <EmptyState title="This page is at another address">
        {url === undefined ? (
          <p>
            The service “{page.service}” serves it, whose address is not set here ({page.service?.toUpperCase()}
            _ORIGIN).
          </p>
        ) : (
          <a class="button primary" href={url}>
            Open it there
          </a>
        )}
      </EmptyState>
    </Page>
  );
}
