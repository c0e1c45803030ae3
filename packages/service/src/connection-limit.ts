import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps a server open for new callers: one connection too many closes the oldest that is not being answered, be it idle or
 * sending its request slowly. When all are being answered the new one is closed. (Node's own `maxConnections` always turns
 * the new one away: so many idle connections shut everybody out.)
 */
export function limitConnections(server: Server, maxConnections: number): void {
  const waiting = new Set<Socket>(); // in the order in which they began to wait
  const answering = new Set<Socket>();
  server.on('connection', (socket) => {
    socket.once('close', () => {
      waiting.delete(socket);
      answering.delete(socket);
    });
    if (waiting.size + answering.size >= maxConnections) {
      const [oldest = socket] = waiting;
      waiting.delete(oldest);
      oldest.destroy();
    }
    if (!socket.destroyed) waiting.add(socket);
  });
  server.on('request', ({ socket }, response) => {
    waiting.delete(socket);
    answering.add(socket);
    response.once('close', () => {
      if (answering.delete(socket) && !socket.destroyed) waiting.add(socket);
    });
  });
}
