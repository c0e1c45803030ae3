import { describe, expect, test } from 'vitest';
import { countTests, summaryLine } from './test-summary.mjs';

const report = (fields) =>
  JSON.stringify({ numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, testResults: [], ...fields });

describe('the last line of npm test', () => {
  test('counts what passed, failed and was skipped', () => {
    const counts = countTests(report({ numPassedTests: 123, numPendingTests: 2, numTodoTests: 1 }), 0);
    expect(summaryLine(counts)).toBe('123 passed, 0 failed, 3 skipped');
    expect(summaryLine({ ...counts, skipped: 0 })).toBe('123 passed, 0 failed');
  });

  test('a file that could not be loaded is a failure, beside those of its neighbours', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
    ];
    expect(countTests(report({ numPassedTests: 2, numFailedTests: 1, testResults }), 1)).toEqual({
      passed: 2,
      failed: 2,
      skipped: 0,
    });
  });

  test('a run that fails without a failed test, or leaves no report, is never green', () => {
    expect(countTests(report({ numPassedTests: 5 }), 1).failed).toBe(1);
    expect(countTests('', 0).failed).toBe(1);
    expect(countTests('null', 0).failed).toBe(1);
  });

  test('a run in which no test ran at all is not green', () => {
    expect(countTests(report({}), 0).failed).toBe(1);
  });
});
