import { ClickHouseError } from '@clickhouse/client';
import { describe, expect, it } from 'vitest';
import {
  ConnectionError,
  RefusedDataError,
  RefusedQueryError,
  SetupStoreError,
  TimeoutError,
  UnavailableError,
} from '../errors.ts';
import { translateError } from './translate-error.ts';

const site = { url: new URL('http://ch:8123'), username: 'indexer', database: 'atproto' };
const clickHouse = (code: number) =>
  new ClickHouseError({ message: 'as ClickHouse says', code: String(code), type: 'SOMETHING' });
const node = (code: string) => Object.assign(new Error('text'), { code });

describe('translateError', () => {
  it.each([
    ['too many parts', clickHouse(252), UnavailableError, true],
    ['memory limit', clickHouse(241), UnavailableError, true],
    ['too many queries', clickHouse(202), UnavailableError, true],
    ['a read-only table', clickHouse(242), UnavailableError, true],
    ['a read-only user or server', clickHouse(164), UnavailableError, true],
    ['an overloaded server', clickHouse(745), UnavailableError, true],
    ['no space', clickHouse(243), UnavailableError, true],
    ['a code that nobody has seen', clickHouse(54_321), UnavailableError, true],
    ['its time limit', clickHouse(159), TimeoutError, true],
    ['unparsable text', clickHouse(6), RefusedDataError, false],
    ['a violated constraint', clickHouse(469), RefusedDataError, false],
    ['an unknown column', clickHouse(16), RefusedQueryError, false],
    ['a wrong password', clickHouse(516), SetupStoreError, false],
    ['a missing right', clickHouse(497), SetupStoreError, false],
    ['a missing table', clickHouse(60), SetupStoreError, false],
    ['a refused connection', node('ECONNREFUSED'), ConnectionError, true],
    ['a reset connection', node('ECONNRESET'), ConnectionError, true],
    ['an unknown host', node('ENOTFOUND'), ConnectionError, true],
    ['several addresses, all refused', new AggregateError([node('ECONNREFUSED')]), ConnectionError, true],
    ['another protocol', node('HPE_INVALID_CONSTANT'), SetupStoreError, false],
    ["a proxy's page", new Error('<html>502</html>'), UnavailableError, true],
    ['what is no error at all', 'oops', UnavailableError, true],
  ])('%s', (_, error, type, retry) => {
    const translated = translateError(error, site);
    expect(translated).toBeInstanceOf(type);
    expect(translated.shouldRetry()).toBe(retry);
    expect(translated.cause).toBe(error);
    expect(translated.name).toBe(type.name);
  });

  it('leaves its own errors as they are', () => {
    const error = new TimeoutError('late');
    expect(translateError(error, site)).toBe(error);
  });
});
