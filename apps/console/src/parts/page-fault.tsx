import type { ComponentChildren } from 'preact';
import { useEffect, useErrorBoundary, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { Button } from './button.tsx';
import { EmptyState } from './empty-state.tsx';
import { Page } from './page.tsx';

/** A fault in a page shows in its place; the frame stays, and another page opens as ever. */
export function PageBoundary({ children }: { children: ComponentChildren }) {
  const { url } = useLocation();
  const failedUrl = useRef(url);
  const boundary = useErrorBoundary((fault: unknown) => {
    console.error(fault);
    failedUrl.current = url;
  });
  const error: unknown = boundary[0];
  const reset = boundary[1];
  useEffect(() => {
    if (failedUrl.current !== url) reset();
  }, [url]);
  return error === undefined ? <>{children}</> : <PageFault onRetry={reset} />;
}

function PageFault({ onRetry }: { onRetry: () => void }) {
  return (
    <Page title="This page has a fault">
      <EmptyState title="It can’t be shown just now. Nothing was changed by this.">
        <p>Try again, or open another page. What went wrong stands in the browser’s console.</p>
        <Button onClick={onRetry}>Try again</Button>
      </EmptyState>
    </Page>
  );
}
