import type { ConsoleConfig } from '@updraft/console-api/views';
import { useLocation } from 'preact-iso';
import { isWithin, menuItems } from '../data/menu.ts';
import { useSession } from '../data/session.tsx';
import { AccountMenu } from './account-menu.tsx';
import { Button } from './button.tsx';
import { ThemeSwitch } from './theme-switch.tsx';
import { useDisclosure } from './use-disclosure.ts';

/** The way to every page; the one that is open is marked. */
export function Header({ config }: { config: ConsoleConfig | undefined }) {
  return (
    <header class="bar">
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <a class="brand" href="/console/">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M16 3c5 4 8 8 8 12h-5c0 5 1 9 4 13-6-2-10-7-10-13H8c0-4 3-8 8-12z" />
        </svg>
        Updraft
      </a>
      {config === undefined ? null : <Menu config={config} />}
      <div class="bar-end">
        <ThemeSwitch />
        {config === undefined ? null : <AccountMenu />}
      </div>
    </header>
  );
}

function Menu({ config }: { config: ConsoleConfig }) {
  const { path } = useLocation();
  const { session } = useSession();
  const { isOpen, toggle, box } = useDisclosure();
  return (
    <div class="nav-box" ref={box}>
      <Button aria-expanded={isOpen} aria-controls="pages" onClick={toggle}>
        Menu
      </Button>
      <nav id="pages" aria-label="Pages" class={isOpen ? 'open' : undefined}>
        {menuItems(config, session?.roles).map((item) => (
          <a key={item.name} href={item.url} aria-current={isWithin(item, path) ? 'page' : undefined}>
            {item.title}
          </a>
        ))}
      </nav>
    </div>
  );
}
