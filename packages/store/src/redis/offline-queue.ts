import type { Command, Redis } from 'ioredis';
import { ConnectionError } from '../errors.ts';

const MAX_WAITING = 1_000;
/** What ioredis itself sends to make a connection ready. */
export const HANDSHAKE: ReadonlySet<string> = new Set(['auth', 'client', 'hello', 'info', 'readonly', 'select']);

/** ioredis queues commands without a bound while there is no connection. This bounds the queue: further commands fail at once. */
export function boundOfflineQueue(redis: Redis, maxWaiting = MAX_WAITING): void {
  const send = redis.sendCommand.bind(redis);
  let waiting = 0;
  redis.sendCommand = (command: Command, stream?: Parameters<typeof send>[1]) => {
    if (redis.status === 'ready' || HANDSHAKE.has(command.name)) return send(command, stream);
    if (waiting >= maxWaiting) {
      command.reject(new ConnectionError(`Redis is out of reach and ${maxWaiting} commands wait for it already`));
      return command.promise;
    }
    waiting++;
    const settle = () => {
      waiting--;
    };
    command.promise.then(settle, settle);
    return send(command, stream);
  };
}
