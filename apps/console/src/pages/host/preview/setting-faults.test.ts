import { expect, test } from 'vitest';
import { asEntry, readSettingFaults, spanOfLine } from './setting-faults.ts';

test('each fault has its line and what was expected there', () => {
  const message = 'settings:3: kind: expected one of hot, top\nsettings:12: there is no such setting here';
  expect(readSettingFaults(message)).toEqual([
    { line: 3, text: 'kind: expected one of hot, top' },
    { line: 12, text: 'there is no such setting here' },
  ]);
});

test('a message that names no line is told as it is', () => {
  expect(readSettingFaults('too many previews, please wait')).toEqual([
    { line: undefined, text: 'too many previews, please wait' },
  ]);
});

test('the entry that is copied stands below its name, as feeds.yaml has it', () => {
  const settings = 'kind: top # the best\n\npublish:\n  description: |\n    two\n    lines\n';
  expect(asEntry('ducks', settings)).toBe(`  ducks:
    kind: top # the best

    publish:
      description: |
        two
        lines
`);
});

test('a line is found in its text', () => {
  const text = 'kind: top\nlabel: duck\n';
  expect(text.slice(...spanOfLine(text, 2))).toBe('label: duck');
  expect(spanOfLine(text, 9)).toEqual([text.length + 1, text.length + 1]);
});
