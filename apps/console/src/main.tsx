import './console.css';
import { render } from 'preact';
import { exec } from 'preact-iso/router';
import { App } from './app.tsx';
import { PAGES } from './pages.ts';

// The page's code comes while the frame asks where things are.
void PAGES.find(({ path }) => isOpen(path))?.component.preload();
const root = document.querySelector('#console');
if (root !== null) render(<App />, root);

function isOpen(path: string): boolean {
  try {
    return exec(location.pathname, path) !== undefined;
  } catch {
    return false; // the address is malformed, which the frame says
  }
}
