import { describe, expect, test } from 'vitest';
import { readTarget } from './target.ts';

describe('the target of a request', () => {
  test('goes to the engine as it came, but for user, password and the id of the query', () => {
    const { path, search, queryId, forEngine } = readTarget(
      '/a%2f?x=%41+b&user=u%26&&pass%77%6Frd=p+q&users=1&query%5Fid=7%2b&query=SELECT?&user=second&password',
    );
    expect([path, queryId]).toEqual(['/a%2f', '7+']);
    expect(Object.fromEntries(['user', 'password'].map((name) => [name, search.get(name)]))).toEqual({
      user: 'u&',
      password: 'p q',
    });
    expect(forEngine).toBe('/a%2f?x=%41+b&users=1&query=SELECT?&query_id=7%2B');
  });

  test('is read at once, however many parameters it has', () => {
    for (const pair of ['a&', '%61=&', 'user&']) {
      const before = process.cpuUsage();
      readTarget(`/?${pair.repeat(1_000_000 / pair.length)}`);
      const { user } = process.cpuUsage(before);
      expect(user / 1000, `ms for ${pair}`).toBeLessThan(500);
    }
  });
});
