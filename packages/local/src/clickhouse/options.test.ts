import { describe, expect, test } from 'vitest';
import { readServerOptions } from './options.ts';

describe('readServerOptions', () => {
  test('needs the data folder only', () => {
    expect(readServerOptions(['--data', 'd'])).toMatchObject({ dataDir: 'd', host: '127.0.0.1', port: 8123 });
  });

  test('tells all faults together', () => {
    const read = () => readServerOptions(['--port', 'x', '--max-memory-mb=-1']);
    expect(read).toThrow(/--data: expected.*--port: expected.*"x".*--max-memory-mb: expected/);
  });

  test('an argument it does not know is one line', () => {
    expect(() => readServerOptions(['--data', 'd', '--colour', 'blue'])).toThrow(/^.*--colour.*$/);
  });
});
