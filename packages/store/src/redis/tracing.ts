import { endSpan, isRecorded, startSpan } from '@updraft/service';
import type { Command, Redis } from 'ioredis';

/** Makes each command a span of the trace that it belongs to, if any. Keys and values stay out of it. */
export function traceCommands(redis: Redis): void {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command: Command, stream?: Parameters<typeof send>[1]) => {
    if (isRecorded()) follow(command, redis);
    return send(command, stream);
  };
}

function follow(command: Command, { options }: Redis): void {
  const operation = command.name.toUpperCase();
  const attributes = {
    'db.system.name': 'redis',
    'db.operation.name': operation,
    ...(options.host !== undefined && { 'server.address': options.host }),
  };
  const span = startSpan(operation, { kind: 'client', attributes });
  if (span === undefined) return;
  command.promise.then(
    () => endSpan(span),
    (error: unknown) => endSpan(span, error),
  );
}
