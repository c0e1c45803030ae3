import { expect, it } from 'vitest';
import { prettyJson } from './pretty-json.ts';

it('JSON is indented, and everything else stays as it is', () => {
  expect(prettyJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(prettyJson('{"a":')).toBe('{"a":');
  expect(prettyJson('')).toBe('');
});

it('a number too large for JavaScript is not changed', () => {
  for (const text of ['{"time_us":17999999999999999991}', '[1e999]', '{"a":[0,-12345678901234567]}'])
    expect(prettyJson(text)).toBe(text);
});

it('what is nested deeply is not indented, which would make megabytes of kilobytes', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(prettyJson(nested(4_000))).toBe(nested(4_000));
  expect(prettyJson(nested(50))).toContain('\n  [');
});

it('what would turn or hide the text is written as escapes', () => {
  expect(prettyJson('"a\u202Eb\u200Bc\u{E0041}"')).toBe('"a\\u202eb\\u200bc\\udb40\\udc41"');
  expect(prettyJson('\u0000\u2028')).toBe('\\u0000\\u2028');
});
