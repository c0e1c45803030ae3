import { serverNow } from '../data/clock.ts';
import { formatTime } from '../data/format.ts';

/** What is counted every ten seconds is this old only where nothing can be counted. */
const OLD_AFTER_MS = 30_000;

/** Says that numbers from memory are old. The service goes on to give them while its database is away. */
export function OldNumbers({ countedAt }: { countedAt: string | undefined }) {
  return <div role="status">{countedAt !== undefined && isOld(countedAt) ? <Old countedAt={countedAt} /> : null}</div>;
}

export function isOld(countedAt: string, nowMs = serverNow()): boolean {
  return nowMs - Date.parse(countedAt) > OLD_AFTER_MS;
}

function Old({ countedAt }: { countedAt: string }) {
  return (
    <p class="notice">
      <strong>These numbers are old.</strong> Nothing could be counted since {formatTime(countedAt)}. New ones come by
      themselves.
    </p>
  );
}
