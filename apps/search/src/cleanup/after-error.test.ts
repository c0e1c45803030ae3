import { LimitError } from '@updraft/service';
import { expect, test } from 'vitest';
import { afterError } from './after-error.ts';

test('a job waits while others look up too many accounts', () => {
  const error = new LimitError('all', 'too many accounts are being looked up', 10);
  expect(afterError(error, 0)).toEqual({ kind: 'troubled', reason: error.message, jitter: 0 });
  expect(afterError(new TypeError('our own'), 0)).toBeUndefined();
});
