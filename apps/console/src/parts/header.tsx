import type { ConsoleConfig } from '@updraft/console-api/views';
import { useLocation } from 'preact-iso';
import { isWithin, menuItems } from '../data/menu.ts';
import { useSession } from '../data/session.tsx';
import { AccountMenu } from './account-menu.tsx';
import { Button } from './button.tsx';
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
          <path d="M5 15 16 5l11 10" />
          <path d="M8 22l8-7 8 7" />
          <path d="M11 28l5-4.500 5 4.500" />
        </svg>
        Updraft
      </a>
      {config === undefined ? null : <Menu config={config} />}
      <div class="bar-end">{config === undefined ? null : <AccountMenu />}</div>
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
