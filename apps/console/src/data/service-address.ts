import type { ConsoleConfig } from '@updraft/console-api/views';
import { NOWHERE } from './request.ts';

export type Service = ConsoleConfig['service'];

/** Whether this origin answers for the service: it is the one that has sent the page, or a proxy has both at one host. */
export function isServedHere(
  { service: own, origins }: ConsoleConfig,
  service: Service,
  here: string = location.origin,
): boolean {
  return own === service || origins[service] === here;
}

export function apiUrl(config: ConsoleConfig, service: Service, path: string, here?: string): string {
  if (isServedHere(config, service, here)) return path;
  const origin = config.origins[service];
  return origin === undefined ? `${NOWHERE}${service}` : `${origin}${path}`;
}

/** The address of a page that `service` must serve; undefined where that is not known. */
export function pageUrl(
  config: ConsoleConfig,
  service: Service | undefined,
  path: string,
  here?: string,
): string | undefined {
  if (service === undefined || isServedHere(config, service, here)) return path;
  const origin = config.origins[service];
  return origin === undefined ? undefined : `${origin}${path}`;
}
