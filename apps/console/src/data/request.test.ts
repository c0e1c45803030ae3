import { expect, test } from 'vitest';
import { adviceFor, RequestError } from './request.ts';

test('nobody is told to try again where a service or the server of their account signs nobody in', () => {
  const advice = (status: number, code: string) => adviceFor(new RequestError('…', status, { code }));
  expect([advice(502, 'AccountServerUnavailable'), advice(503, 'SignInOff')]).toEqual(['', '']);
  expect(advice(503, 'NotEnoughResources')).toContain('Try again');
});
