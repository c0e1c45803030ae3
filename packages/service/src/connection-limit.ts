import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps a server open for new callers: beyond the limit a new connection closes the oldest one that is idle or still sending its
 * request. When all connections are being answered, the new one is closed. (Node's own `maxConnections` always refuses the new
 * one, so idle connections shut all callers out.)
 */
export function limitConnections(server: Server, maxConnections: number): void {
  const waiting = new Set<Socket>(); // the longest wait first
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
