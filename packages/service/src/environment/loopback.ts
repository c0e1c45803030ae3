import { ConfigError } from '../config.ts';

/** Whether a host, without its port, is this machine's own address. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * An unencrypted PLC directory's answers can be forged, and they decide who is who: a service that believes them is not for others.
 * `listen` is the service's `host:port`.
 * @throws ConfigError
 */
export function requireLoopback(plcHost: string, listen: string): void {
  if (!plcHost.startsWith('http:') || isLoopbackHost(listen.slice(0, listen.lastIndexOf(':')))) return;
  throw new ConfigError([
    `LISTEN_ADDRESS: with an http: PLC_HOST the service listens on 127.0.0.1 only, got ${JSON.stringify(listen)}`,
  ]);
}
