import type { HostPort } from './config-types.ts';
import { formatHostPort, parseHostPort } from './config-types.ts';
import { SetupError } from './setup-error.ts';

/**
 * Calls `listen` with `address` (`host:port`) taken apart. @throws SetupError that names the port, and the `variable` that
 * changes it, when a person must act.
 */
export async function listenOrExplain<T>(
  address: string,
  variable: string,
  listen: (hostPort: HostPort) => Promise<T>,
): Promise<T> {
  const hostPort = parseHostPort(address);
  if (hostPort === undefined) throw new SetupError(`${variable}: expected 'host:port', got ${JSON.stringify(address)}`);
  try {
    return await listen(hostPort);
  } catch (error) {
    const sentence = explain(hostPort, error);
    if (sentence === undefined) throw error;
    throw new SetupError(`${sentence}; stop what uses it, or set ${variable} to another address`, { cause: error });
  }
}

function explain(hostPort: HostPort, error: unknown): string | undefined {
  const { host, port } = hostPort;
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use`;
    case 'EACCES':
      return `no permission to listen on port ${port} of ${host}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${formatHostPort(hostPort)} is not an address of this machine`;
    default:
      return undefined;
  }
}
