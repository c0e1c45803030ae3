import { SetupError } from '@updraft/service';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStartOptions, startHelp } from './options.ts';

const nothingAsked = {
  help: false,
  fresh: false,
  portOffset: 0,
  play: undefined,
  simulate: false,
  since: undefined,
  rate: undefined,
  seed: undefined,
  accounts: undefined,
  hostile: undefined,
  now: undefined,
  shards: 1,
  data: undefined,
};

describe('the options of npm start', () => {
  test('without options nothing is asked for', () => {
    expect(parseStartOptions([])).toEqual(nothingAsked);
  });

  test('servers of ClickHouse are counted from one on', () => {
    expect(parseStartOptions(['--shards', '3'])).toEqual({ ...nothingAsked, shards: 3 });
    for (const wrong of ['0', '17', '-1', 'two'])
      expect(() => parseStartOptions([`--shards=${wrong}`])).toThrow(
        /'--shards <n>'.* expected a whole number from 1 to 16/,
      );
  });

  test('a simulated network takes its dials', () => {
    const args = [
      '--simulate',
      '--rate',
      '500',
      '--seed',
      '7',
      '--accounts',
      '2000',
      '--hostile',
      '0.25',
      '--now',
      '2026-07-04T14:00:00Z',
      '--port-offset=100',
    ];
    expect(parseStartOptions(args)).toEqual({
      ...nothingAsked,
      simulate: true,
      rate: 500,
      seed: 7,
      accounts: 2000,
      hostile: 0.25,
      now: '2026-07-04T14:00:00Z',
      portOffset: 100,
    });
  });

  test('a start in the past is a length of time or a time with its zone', () => {
    expect(parseStartOptions(['--since', '2h']).since).toBe('2h');
    expect(parseStartOptions(['--since', '2026-07-04T14:00:00Z']).since).toBe('2026-07-04T14:00:00Z');
    expect(() => parseStartOptions(['--since', 'yesterday'])).toThrow(
      /--since.*'yesterday' is invalid\. expected a duration/,
    );
  });

  test.each([
    [['--sead', '3'], /--sead.*Did you mean --seed/s],
    [['file.jsonl'], /"file.jsonl".*two dashes/],
    [['--rate'], /--rate/],
    [['--port-offset', '-1'], /--port-offset/],
    [['--port-offset', '1e3'], /--port-offset.* expected a whole number/],
    [['--simulate', '--seed', 'x'], /--seed.* expected a whole number/],
    [['--simulate', '--hostile', '2'], /--hostile.* expected a number from 0 to 1/],
    [['--simulate', '--now', 'today'], /--now.* expected a time/],
    [['--now', '2026-07-04T14:00:00Z'], /--now needs --simulate/],
    [['--seed', '3'], /--seed needs --simulate/],
    [['--rate', '3'], /--rate needs/],
    [['--play', 'f', '--simulate'], /Choose one/],
    [['--fresh', '--data', '/d'], /--fresh deletes \.data/],
  ])('%j is refused by name', (args, message) => {
    expect(() => parseStartOptions(args)).toThrow(message);
    expect(() => parseStartOptions(args)).toThrow(SetupError);
  });

  test('whatever is typed is either understood or refused with a SetupError', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('--play', '--seed', '--rate', '--simulate', '--fresh', '-h', '--', '-x', '1'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (args) => {
        try {
          parseStartOptions(args);
        } catch (error) {
          expect(error).toBeInstanceOf(SetupError);
        }
      }),
    );
  });

  test('the help names every option', () => {
    for (const name of Object.keys(nothingAsked)) {
      expect(startHelp()).toContain(`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    }
  });
});
