import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * A minor garbage collection, which takes about a millisecond. V8 undercounts the memory of buffers: by itself it keeps some 60 MB
 * of a download's dead chunks before it collects.
 */
export function createYoungCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') return () => undefined;
  return () => void Reflect.apply(collect, undefined, [{ type: 'minor' }]);
}
