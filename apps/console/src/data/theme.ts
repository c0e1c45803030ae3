import { useEffect, useState } from 'preact/hooks';

/** As `src/theme-script.ts` reads it before the first paint. */
const KEY = 'updraft-theme';
const CHANGED = 'updraft-theme-changed';
const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The colours that the reader chose. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(readTheme);
  useEffect(() => {
    const stop = new AbortController();
    const read = () => setTheme(readTheme());
    addEventListener(CHANGED, read, { signal: stop.signal });
    return () => stop.abort();
  }, []);
  return [theme, chooseTheme];
}

/** What is shown now: `light` or `dark`. For what draws with colours of its own, such as charts. */
export function useScheme(): 'light' | 'dark' {
  const [theme] = useTheme();
  const [isDark, setDark] = useState(() => dark().matches);
  useEffect(() => {
    const stop = new AbortController();
    dark().addEventListener('change', ({ matches }) => setDark(matches), { signal: stop.signal });
    return () => stop.abort();
  }, []);
  if (theme !== 'auto') return theme;
  return isDark ? 'dark' : 'light';
}

const dark = () => matchMedia('(prefers-color-scheme: dark)');

function readTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === 'light' || theme === 'dark' ? theme : 'auto';
}

function chooseTheme(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that stores nothing forgets it with the page.
  }
  dispatchEvent(new Event(CHANGED));
}
