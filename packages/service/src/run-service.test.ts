import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';

const INDEX = new URL('./index.ts', import.meta.url).href;

/** Runs `body` as a service in a process of its own; each signal is sent when the service has logged a line. */
async function run(body: string, signals: readonly NodeJS.Signals[] = []) {
  const script = `
    import { runService, SetupError, sleep } from ${JSON.stringify(INDEX)};
    await runService('demo', async ({ signal, log }) => { ${body} }, { deadlineMs: 300 });`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors = text(child.stderr);
  let output = '';
  const waiting = [...signals];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    const signal = waiting.shift();
    if (signal !== undefined) child.kill(signal);
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, output, errors: await errors };
}

describe('a service', () => {
  test('that has finished exits with 0, whatever else is open', async () => {
    expect(await run('setInterval(() => {}, 1000);')).toEqual({ code: 0, output: '', errors: '' });
  });

  test.for(['SIGTERM', 'SIGINT'] as const)('finishes what is in hand on %s and exits with 0', async (name) => {
    const { code, output } = await run(
      `log.info('ready'); await sleep(60_000, signal).catch(() => {}); log.info('flushed');`,
      [name],
    );
    expect(code).toBe(0);
    expect(output).toContain('flushed');
  });

  test('that lets the abort out has stopped cleanly', async () => {
    expect((await run(`log.info('ready'); await sleep(60_000, signal);`, ['SIGTERM'])).code).toBe(0);
  });

  test('exits at once on a second signal', async () => {
    const { code, output } = await run(`log.info('ready'); await sleep(60_000);`, ['SIGTERM', 'SIGINT']);
    expect(code).toBe(1);
    expect(output).toContain('second signal');
    expect(output).not.toContain('deadline');
  });

  test('that does not stop within the deadline exits with 1', async () => {
    const { code, output } = await run(`log.info('ready'); await sleep(60_000);`, ['SIGTERM']);
    expect(code).toBe(1);
    expect(output).toContain('not stopped within the deadline');
  });

  test('that is not set up right says so in one line on stderr', async () => {
    const { code, output, errors } = await run(`throw new SetupError('port 8091 on 127.0.0.1 is in use');`);
    expect({ code, output, errors }).toEqual({
      code: 1,
      output: '',
      errors: 'demo: port 8091 on 127.0.0.1 is in use\n',
    });
  });

  test.for([
    ['that fails', `throw new TypeError('broken');`],
    ['with an unhandled rejection', `void Promise.reject(new TypeError('broken')); await sleep(60_000);`],
    ['with an uncaught exception', `setTimeout(() => { throw new TypeError('broken'); }); await sleep(60_000);`],
    ['that waits for nothing', `await new Promise(() => {});`],
  ] as const)('%s logs why and exits with 1', async ([name, body]) => {
    const { code, output } = await run(body);
    expect(code).toBe(1);
    expect(JSON.parse(output)).toMatchObject({ level: 'fatal', service: 'demo' });
    expect(output).toContain(name === 'that waits for nothing' ? 'can no longer happen' : 'TypeError: broken');
  });
});
