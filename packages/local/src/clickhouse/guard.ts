import type { IncomingMessage } from 'node:http';

/**
 * Why a request is refused before it is read; undefined when it is not. A page in a browser must not reach this server,
 * neither from another origin (Origin, Sec-Fetch-Site) nor by a name that it made point here (Host).
 */
export function browserRefusal(headers: IncomingMessage['headers']): string | undefined {
  if (headers.origin !== undefined) return 'Requests of web pages (Origin) are refused.';
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none' && site !== 'same-origin') {
    return 'Requests of web pages (Sec-Fetch-Site) are refused.';
  }
  return isLoopback(headers.host ?? '') ? undefined : 'The Host header must name this machine: localhost or 127.0.0.1.';
}

const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?$/i;

function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
