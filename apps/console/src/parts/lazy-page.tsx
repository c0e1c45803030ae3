import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { lazy } from 'preact-iso';
import { EmptyState } from './empty-state.tsx';
import { Page } from './page.tsx';

/** A page whose code comes when it is opened. Where the code can't be had, it says so: the console may have been updated meanwhile. */
export function lazyPage(load: () => Promise<{ default: FunctionComponent }>): LazyPage {
  return lazy(() => load().catch(() => ({ default: NotLoaded }))) as LazyPage;
}

export type LazyPage = FunctionComponent & { preload: () => Promise<unknown> };

function NotLoaded() {
  useEffect(() => {
    const again = () => location.reload();
    addEventListener('online', again);
    return () => removeEventListener('online', again);
  }, []);
  return (
    <Page title="This page could not be loaded">
      <EmptyState title="Its code did not arrive: the connection is lost, or the console was updated.">
        <button type="button" class="button primary" onClick={() => location.reload()}>
          Load it again
        </button>
      </EmptyState>
    </Page>
  );
}
