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

/** A port of 127.0.0.1 that is free at this moment. */
export async function freePort(): Promise<number> {
  return listenOnce(0);
}

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
