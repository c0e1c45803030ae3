import { describe, expect, test } from 'vitest';
import { createLogger, type LoggerOptions } from './logger.ts';

function collect(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { lines, log: createLogger({ service: 'indexer', destination, ...options }) };
}

describe('the logger', () => {
  test('writes one JSON object a line, with the level’s name and an ISO time', () => {
    const { log, lines } = collect();
    log.info({ rows: 5 }, 'written');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: 'indexer',
      rows: 5,
      msg: 'written',
    });
  });

  test('is quiet below its level', () => {
    const { log, lines } = collect({ level: 'warn' });
    log.info('hidden');
    log.warn('shown');
    expect(lines).toHaveLength(1);
  });

  test('blanks secrets, down to the third level', () => {
    const { log, lines } = collect();
    log.info({
      password: 'hunter2',
      config: { token: 'hunter2', host: 'kept' },
      req: { headers: { authorization: 'Bearer hunter2', 'x-api-key': 'hunter2', accept: 'kept' } },
    });
    expect(lines.join()).not.toContain('hunter2');
    expect(lines.join().match(/kept/g)).toHaveLength(2);
  });

  test('says an error and its causes, each once, and ends where causes go in a circle', () => {
    const { log, lines } = collect();
    const message = 'pds.example can not be reached';
    const away = new Error(message, { cause: new TypeError('fetch failed') });
    log.warn({ err: new Error(message, { cause: away }) }, 'request could not be served');
    const circle = new Error('round');
    circle.cause = new Error('and round', { cause: circle });
    log.warn({ err: circle });
    const entries = lines.map((line) => JSON.parse(line) as { err: { message: string; stack: string } });
    expect(entries[0]?.err).toMatchObject({ type: 'Error', message: `${message}: fetch failed` });
    expect(entries[0]?.err.stack).toContain('caused by: TypeError: fetch failed');
    expect(entries[1]?.err.message).toMatch(/^round: and round/);
  });

  test('says no more of an error than fits, however long a server of strangers was', () => {
    const { log, lines } = collect();
    log.warn({ err: new Error('refused', { cause: new Error('x'.repeat(100_000)) }) });
    expect(lines.join().length).toBeLessThan(25_000);
    expect(lines.join()).toContain('refused: xxx');
  });

  test('prints short lines for people when told to', () => {
    const { log, lines } = collect({ pretty: true });
    log.warn({ rows: 5, table: 'likes', more: { a: 1 } }, 'slow');
    log.error({ err: new TypeError('broken') }, 'failed');
    log.fatal({ err: 'no error', password: 'hunter2' });
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d WARN: slow \{"rows":5,"table":"likes","more":\{"a":1\}\}\n$/);
    expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d ERROR: failed\s+err: TypeError: broken\n {8,}at /);
    expect(lines[2]).toMatch(/FATAL: \{"password":"\[redacted\]"\}\n {4}err: no error\n$/);
  });
});
