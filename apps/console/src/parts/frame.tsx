import { useCallback, useState } from 'preact/hooks';
import { Route, Router, useLocation } from 'preact-iso';
import { ConfigProvider, useConfigRequest } from '../data/config.tsx';
import { SessionProvider, signInPath, useSession } from '../data/session.tsx';
import NotFound from '../pages/not-found.tsx';
import { PAGES } from '../pages.ts';
import { gated } from './gate.tsx';
import { Header } from './header.tsx';
import { Notice } from './notice.tsx';
import { PageBoundary } from './page-fault.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

const ROUTES = PAGES.map((page) => ({ path: page.path, component: gated(page) }));

/** What stands around every page: the header above it, and notices that concern all of it. */
export function Frame() {
  const { value: config, error } = useConfigRequest();
  return (
    <ConfigProvider value={config}>
      <SessionProvider>
        <Header config={config} />
        <main id="content" tabIndex={-1}>
          {config === undefined ? <Notice error={error} hasValue={false} /> : <Pages />}
        </main>
        <footer class="foot">
          <ThemeSwitch />
          {config === undefined ? null : <span title="What runs here">Version {config.version.slice(0, 12)}</span>}
        </footer>
      </SessionProvider>
    </ConfigProvider>
  );
}

function Pages() {
  const [isLoading, setLoading] = useState(false);
  const onLoadStart = useCallback(() => setLoading(true), []);
  const onLoadEnd = useCallback(() => setLoading(false), []);
  return (
    <>
      <SessionGone />
      <div class={isLoading ? 'progress on' : 'progress'} role="status">
        {isLoading ? <span class="unseen">Loading the page …</span> : null}
      </div>
      <PageBoundary>
        <Router onLoadStart={onLoadStart} onLoadEnd={onLoadEnd} onRouteChange={focusHeading}>
          {ROUTES.map(({ path, component }) => (
            <Route key={path} path={path} component={component} />
          ))}
          <Route default component={NotFound} />
        </Router>
      </PageBoundary>
    </>
  );
}

/** Those who don't see the page hear where they are now, and the Tab key goes on from there. */
function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>('#content h1') ?? document.querySelector<HTMLElement>('#content');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus({ preventScroll: true });
}

function SessionGone() {
  const { isGone } = useSession();
  const { url } = useLocation();
  return (
    <div role="status">
      {isGone ? (
        <p class="notice">
          <strong>Your session has ended.</strong> What you see may be old.{' '}
          <a href={signInPath(url)} target="_blank" rel="noreferrer">
            Sign in again in another tab
          </a>{' '}
          to go on here: what you have written stays.
        </p>
      ) : null}
    </div>
  );
}
