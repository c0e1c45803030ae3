/** JSON texts of values where something else is expected. */
export const STRANGE_VALUES: readonly string[] = [
  'null',
  'true',
  'false',
  '0',
  '-1',
  '""',
  '"text"',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '{"":""}',
  '{"uri":null,"cid":null}',
  '{"$type":"blob"}',
  '[{"uri":"at://did:web:example.com/app.bsky.feed.post/3kaaaaaaaaa22"}]',
];

export const HUGE_NUMBERS: readonly string[] =
  '1e400 -1e400 123456789012345678901234567890 1e-400 -0 9007199254740993 18446744073709551615 0.1e1 3.0000000000000004'.split(
    ' ',
  );

/** Contents of JSON strings: NUL, lone surrogates, controls, separators, text that looks like SQL or like a format's escapes. */
export const STRANGE_TEXTS: readonly string[] = [
  '"nul \\u0000 in the middle"',
  '"\\u0000"',
  '"lone \\ud800 surrogate"',
  '"\\udfff\\ud800"',
  '"pair \\ud83e\\udd8b and raw 🦋"',
  '"line\\u2028and\\u2029paragraph"',
  '"\\u0001\\u001f\\u007f\\u0080\\u00a0\\ufeff\\ufffe\\uffff"',
  '"right‮left ‏ a\u0301\u0323 Ａ ﬃ"',
  `"'; DROP TABLE posts; --"`,
  '"\\\\N \\\\\\\\N \\t tab \\r\\n \\\\t {param:String} \\" quote \' "',
  '"at://not a uri"',
  '"at://did:plc:short"',
  '"did:plc:"',
  '"at://"',
  `"${'long '.repeat(3_000)}"`,
  `"${'👩‍👩‍👧‍👦'.repeat(200)}"`,
  '"<script>alert(1)</script>"',
];

/** JSON values for createdAt; '' = leave it out. Some of them are valid, but not sane. */
export const STRANGE_TIMES: readonly string[] = [
  '"0000-01-01T00:00:00Z"',
  '"0001-01-01T00:00:00.000Z"',
  '"1969-12-31T23:59:59.999Z"',
  '"1970-01-01T00:00:00Z"',
  '"1999-12-31T23:59:59Z"',
  '"2009-06-01T12:00:00Z"',
  '"2023-05-05T05:05:05.555Z"',
  '"2099-01-01T00:00:00.000Z"',
  '"9999-12-31T23:59:59.999Z"',
  '"+275760-09-13T00:00:00.000Z"',
  '"275760-09-13T00:00:00.000Z"',
  '"-271821-04-20T00:00:00.000Z"',
  '"2026-02-30T00:00:00Z"',
  '"2024-02-29T00:00:00Z"',
  '"2024-06-30T23:59:60Z"',
  '"2024-07-04T14:38:08"',
  '"2024-07-04"',
  '"2024-07-04 14:38:08Z"',
  '"2024-07-04t14:38:08.123456789z"',
  '"2024-07-04T14:38:08+02:00"',
  '"2024-07-04T14:38:08.5-11:30"',
  '"2024-07-04T25:00:00Z"',
  '"2024-13-01T00:00:00Z"',
  '"yesterday"',
  '""',
  '"2024-07-04T14:38:08Z trailing"',
  '1783175888',
  'null',
  'true',
  '{"$date":"2024-07-04T14:38:08Z"}',
  '["2024-07-04T14:38:08Z"]',
  '',
];

/** A value nested `depth` levels deep, in arrays or in objects. */
export function nested(depth: number, inObjects: boolean): string {
  return inObjects ? `${'{"d":'.repeat(depth)}1${'}'.repeat(depth)}` : `${'['.repeat(depth)}${']'.repeat(depth)}`;
}
