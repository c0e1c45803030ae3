import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lex } from './lexer.ts';

const texts = (sql: string) => [...lex(sql)].map((token) => token.text);

describe('lex', () => {
  test('cuts words, numbers, symbols and quoted names', () => {
    expect(texts('SELECT a.`b c`, "d""e" FROM t1 WHERE x>=1.5e-3')).toEqual(
      ['SELECT', 'a', '.', 'b c', ',', 'd"e', 'FROM', 't1', 'WHERE', 'x', '>', '=', '1.5e-3'], // prettier
    );
  });

  test('leaves out white space and every kind of comment', () => {
    expect(texts('a/* b */c -- d\ne # f\n#! g\nh\u00a0i\u3000j')).toEqual(['a', 'c', 'e', 'h', 'i', 'j']);
  });

  test('knows where strings end: escapes, doubled quotes, typographic quotes, heredocs', () => {
    const kinds = [...lex(String.raw`'it''s \' -- ' ‘q’ “n” $x$ 'y' $x$ $$z$$`)].map(({ kind, text }) => [kind, text]);
    expect(kinds).toEqual([
      ['string', "it's ' -- "],
      ['string', 'q'],
      ['name', 'n'],
      ['heredoc', " 'y' "],
      ['heredoc', 'z'],
    ]);
  });

  test('reads an escaped name as the engine does', () => {
    expect(texts('`\\x66ile`')).toEqual(['file']);
  });

  test('is total, and its tokens follow one another', () => {
    const pieces = fc.constantFrom(
      "'",
      '"',
      '`',
      '$',
      '$a$',
      '/*',
      '*/',
      '--',
      '\n',
      '\\',
      'x',
      '(',
      '1e',
      '‘',
      '\u0000',
      '#',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 30 }), (parts) => {
        const sql = parts.join('');
        let at = 0;
        for (const token of lex(sql)) {
          expect(token.start).toBeGreaterThanOrEqual(at);
          expect(token.end).toBeGreaterThan(token.start);
          at = token.end;
        }
        expect(at).toBeLessThanOrEqual(sql.length);
      }),
    );
  });
});
