import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';

export interface SubNavItem {
  readonly path: string;
  readonly title: string;
  /** Such as how many requests wait; 0 shows nothing. */
  readonly count?: number | undefined;
}

/** The way between pages that belong together; the one that is open is marked. */
export function SubNav({ label, items }: { label: string; items: readonly SubNavItem[] }) {
  const { path: open } = useLocation();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const current = nav.current?.querySelector('[aria-current]');
    current?.scrollIntoView({ block: 'nearest', inline: 'center' }); // on a phone it may be beyond the edge
  }, [open]);
  return (
    <nav class="sub-nav" aria-label={label} ref={nav}>
      {items.map(({ path, title, count = 0 }) => (
        <a key={path} href={path} aria-current={path === open ? 'page' : undefined}>
          {title}
          {count === 0 ? null : (
            <span class="count">
              <span class="unseen">: </span>
              {count}
              <span class="unseen"> waiting</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}
