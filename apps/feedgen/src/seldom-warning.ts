import type { Logger } from '@updraft/service';

const WARN_MS = 10_000;

/** For what may fail for each reader: says it of the first failure, and then as often. Metrics count them all. */
export function createSeldomWarning(log: Logger, what: string): (err: unknown, fields?: object) => undefined {
  let silentUntil = 0;
  return (err, fields = {}) => {
    if (performance.now() < silentUntil) return;
    silentUntil = performance.now() + WARN_MS;
    log.warn({ ...fields, err }, what);
  };
}
