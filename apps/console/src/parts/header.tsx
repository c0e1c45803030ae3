import { useLocation } from 'preact-iso';
import { PAGES } from '../pages.ts';

/** The way to every page; the one that is open is marked. */
export function Header() {
  const { path } = useLocation();
  return (
    <header class="bar">
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <a class="brand" href="/console/">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M12 3l6 7h-4v4h-4v-4H6z" />
          <path d="M10 16h4v2h-4zM10 20h4v1h-4z" />
        </svg>
        Updraft
      </a>
      <nav aria-label="Pages">
        {PAGES.filter(({ title }) => title !== undefined).map(({ path: to, title }) => (
          <a key={to} href={to} aria-current={to === path ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
    </header>
  );
}
