import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstKeyword, splitStatements } from './split-statements.ts';

describe('splitStatements', () => {
  it.each([
    ['two statements', 'SELECT 1; SELECT 2;', ['SELECT 1', 'SELECT 2']],
    ['the last one without a semicolon', 'SELECT 1;\nSELECT 2', ['SELECT 1', 'SELECT 2']],
    ['nothing at all', ' \n;; ; -- only a comment; here\n', []],
    ['a string', "SELECT 'a;b', 'it''s; \\'; ok'; SELECT 2", ["SELECT 'a;b', 'it''s; \\'; ok'", 'SELECT 2']],
    ['quoted names', 'SELECT `a;b`, "c;d"; SELECT 2', ['SELECT `a;b`, "c;d"', 'SELECT 2']],
    [
      'a line comment',
      "-- it's; not\nSELECT 1; # another; one's\nSELECT 2",
      ["-- it's; not\nSELECT 1", "# another; one's\nSELECT 2"],
    ],
    ['a block comment', "SELECT /* ; ' */ 1; SELECT 2", ["SELECT /* ; ' */ 1", 'SELECT 2']],
    ['a heredoc', "SELECT $x$ a;b' $y$ $x$; SELECT $$;$$", ["SELECT $x$ a;b' $y$ $x$", 'SELECT $$;$$']],
    ['a minus that is no comment', 'SELECT 1 - 2; SELECT 3', ['SELECT 1 - 2', 'SELECT 3']],
    ['a string that never ends', "SELECT 'a; SELECT 2", ["SELECT 'a; SELECT 2"]],
    ['a comment that never ends', 'SELECT 1 /* ; SELECT 2', ['SELECT 1 /* ; SELECT 2']],
  ])('%s', (_, sql, statements) => {
    expect(splitStatements(sql)).toEqual(statements);
  });

  it('gives back the statements of which a text was made', () => {
    const piece = fc.oneof(
      fc.constantFrom('SELECT 1', 'CREATE TABLE t (a UInt8)', '`x;y`', '"x;y"', '-- c;\n', '/* ; */', '$$;$$', ' '),
      fc.string().map((text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`),
    );
    const statement = fc.array(piece, { maxLength: 6 }).map((pieces) => `x ${pieces.join(' ')}`.trim());
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 5 }), (statements) => {
        // A line comment at the end of a statement would swallow the semicolon after it.
        const text = statements.map((sql) => `${sql}\n;`).join(' ');
        expect(splitStatements(text)).toEqual(statements);
      }),
    );
  });
});

it('firstKeyword looks past comments', () => {
  expect(firstKeyword('-- why\n/* and */ create TABLE x')).toBe('CREATE');
  expect(firstKeyword('  -- nothing')).toBe('');
});
