import type { ConsoleConfig } from '@updraft/console-api/views';
import { createContext } from 'preact';
import { useCallback, useContext } from 'preact/hooks';
import { getJson } from './request.ts';
import { apiUrl, type Service } from './service-address.ts';
import { type Live, usePolling } from './use-polling.ts';

const ConfigContext = createContext<ConsoleConfig | undefined>(undefined);
export const ConfigProvider = ConfigContext.Provider;

const CONFIG_EVERY_MS = 600_000;

/** Asks where things are. A page is shown once it is known. */
export function useConfigRequest(): Live<ConsoleConfig> {
  return usePolling('config', (signal) => getJson<ConsoleConfig>('/console/api/config', signal), CONFIG_EVERY_MS);
}

/** Where things are, and what is switched on. */
export function useConfig(): ConsoleConfig {
  const config = useContext(ConfigContext);
  if (config === undefined) throw new Error('useConfig() is for what stands within the frame');
  return config;
}

/** Gives the address of a path at a service: `apiUrl('search', '/stats')`. Reads of the other service go without the session. */
export function useApiUrl(): (service: Service, path: string) => string {
  const config = useConfig();
  return useCallback((service: Service, path: string) => apiUrl(config, service, path), [config]);
}
