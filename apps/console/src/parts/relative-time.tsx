import { useEffect, useState } from 'preact/hooks';
import { formatAge, formatTime } from '../data/format.ts';

const STEP_MS = 20_000;

/** How long ago it was, by the server's clock; it moves on by itself. The exact time shows on hover. */
export function RelativeTime({ iso }: { iso: string }) {
  const [, step] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => step((steps) => steps + 1), STEP_MS);
    return () => clearInterval(timer);
  }, []);
  if (Number.isNaN(Date.parse(iso))) return <span>at an unknown time</span>;
  return (
    <time dateTime={iso} title={formatTime(iso)}>
      {formatAge(iso)}
    </time>
  );
}
