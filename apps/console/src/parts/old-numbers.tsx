import { useRef } from 'preact/hooks';
import { serverNow } from '../data/clock.ts';
import { useApiUrl } from '../data/config.tsx';
import { formatTime } from '../data/format.ts';
import { useLive } from '../data/use-live.ts';

/** What is counted every ten seconds is this old only where nothing can be counted … */
const OLD_AFTER_MS = 30_000;
/** … or where nobody has asked for a while: then the next answer is new. */
const SAME_FOR_MS = 15_000;

/**
 * Says that numbers from memory are old: a service goes on to give them while its database is away. `countedAt` is of what is counted every
 * ten seconds, and asked for every few.
 */
export function OldNumbers({ countedAt }: { countedAt: string | undefined }) {
  const first = useRef({ countedAt, atMs: serverNow() });
  if (first.current.countedAt !== countedAt) first.current = { countedAt, atMs: serverNow() };
  return (
    <div role="status">
      {countedAt !== undefined && isOld(countedAt, first.current.atMs) ? (
        <p class="notice">
          <strong>These numbers are old.</strong> Nothing could be counted since {formatTime(countedAt)}. New ones come
          by themselves.
        </p>
      ) : null}
    </div>
  );
}

/** For reports that are counted more seldom: they are old where what is counted often is. */
export function OldReports() {
  const url = useApiUrl();
  const { value } = useLive<{ readonly updated_at: string }>(url('search', '/stats/ingest'), 10_000);
  return <OldNumbers countedAt={value?.updated_at} />;
}

/** `firstSeenMs` is when this answer came for the first time. */
export function isOld(countedAt: string, firstSeenMs: number, nowMs = serverNow()): boolean {
  return nowMs - Date.parse(countedAt) > OLD_AFTER_MS && nowMs - firstSeenMs > SAME_FOR_MS;
}
