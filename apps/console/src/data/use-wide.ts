import { useEffect, useState } from 'preact/hooks';

/** As in console.css, where something stands beside what is read. */
const WIDE = '(min-width: 64.001rem)';

/** There is room for something beside what is read. */
export function useWide(): boolean {
  const [isWide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const follow = (): void => setWide(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  return isWide;
}
