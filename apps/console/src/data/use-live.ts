import { useApi } from './session.tsx';
import { type Live, usePolling } from './use-polling.ts';

export type { Live } from './use-polling.ts';

/**
 * Asks for `path` now and every `everyMs`, while the page is visible. Of the other service: useApiUrl(). An undefined path asks nothing.
 */
export function useLive<T>(path: string | undefined, everyMs: number): Live<T> {
  const { getJson } = useApi();
  return usePolling(path, (signal) => getJson<T>(path ?? '', signal), everyMs);
}
