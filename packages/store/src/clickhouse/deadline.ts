import { TimeoutError } from '../errors.ts';

/** The end of one call: the caller's signal or the time, whichever comes first. */
export interface Deadline extends Disposable {
  /** Its reason is the caller's own, or a TimeoutError. */
  readonly signal: AbortSignal;
  /** Rejects with that reason, even if the call itself ignores its signal. */
  readonly passed: Promise<never>;
}

/** Starts the clock; dispose it when the call is settled. @throws the caller's reason when its signal is aborted already. */
export function startDeadline(timeoutMs: number, caller?: AbortSignal): Deadline {
  caller?.throwIfAborted();
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  // When the call itself settles first, nothing awaits this promise.
  promise.catch(() => {});
  const stop = (reason: unknown) => {
    controller.abort(reason);
    reject(reason);
  };
  const onCallerAbort = () => stop(caller?.reason);
  const timer = setTimeout(() => stop(new TimeoutError(`ClickHouse gave no answer within ${timeoutMs} ms`)), timeoutMs);
  caller?.addEventListener('abort', onCallerAbort, { once: true });
  return {
    signal: controller.signal,
    passed: promise,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', onCallerAbort);
    },
  };
}
