import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { SetupError } from '@updraft/service';

/** Another process holds the port. */
export class PortInUseError extends SetupError {
  readonly port: number;
  readonly wantedBy: string;

  constructor(port: number, wantedBy: string) {
    super(
      `Port ${port}, wanted for ${wantedBy}, is in use on 127.0.0.1. Stop what holds it, or move all ports: npm start -- --port-offset 100.`,
    );
    this.name = 'PortInUseError';
    this.port = port;
    this.wantedBy = wantedBy;
  }
}

/** Tries out whether `port` of 127.0.0.1 is free. @throws PortInUseError */
export async function requireFreePort(port: number, wantedBy: string): Promise<void> {
  try {
    await listenOnce(port);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new PortInUseError(port, wantedBy);
    throw cause;
  }
}

/**
 * A port of 127.0.0.1 that is free at this moment. It lies below those that systems give to outgoing connections: one of these could take it
 * before its server does.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const port = await listenOnce(randomInt(FIRST_PORT, END_OF_PORTS)).catch(() => undefined); // taken: another one
    if (port !== undefined) return port;
  }
  return listenOnce(0);
}

const FIRST_PORT = 12_000;
const END_OF_PORTS = 30_000;
const MAX_TRIES = 20;

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : port));
    });
  });
}
