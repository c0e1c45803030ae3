import { ConfigError } from '../config.ts';

/** Whether a host, without its port, is a loopback address. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Refuses an unencrypted PLC directory to a service that others can reach: its answers decide who is who, and can be forged.
 * `listen` is the service's `host:port`.
 * @throws ConfigError
 */
export function requireLoopback(plcHost: string, listen: string): void {
  if (!plcHost.startsWith('http:') || isLoopbackHost(listen.slice(0, listen.lastIndexOf(':')))) return;
  throw new ConfigError([
    `LISTEN_ADDRESS: with an http: PLC_HOST the service listens on 127.0.0.1 only, got ${JSON.stringify(listen)}`,
  ]);
}
