/**
 * vitest's JSON report → counts. These count as one failure: a file that could not be loaded, a run that failed without a failed test (an
 * error outside of tests), a run without tests, and a missing report.
 * @param {string} report the text of the report; '' when there is none
 * @param {number} exitCode vitest's
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function countTests(report, exitCode) {
  const parsed = parse(report);
  if (parsed === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const passed = parsed.numPassedTests ?? 0;
  const skipped = (parsed.numPendingTests ?? 0) + (parsed.numTodoTests ?? 0);
  const brokenFiles = (parsed.testResults ?? []).filter(
    (file) => file.status === 'failed' && !file.assertionResults?.some(isFailed),
  );
  const failed = (parsed.numFailedTests ?? 0) + brokenFiles.length;
  const isHollow = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: isHollow ? 1 : failed, skipped };
}

const isFailed = (test) => test.status === 'failed';

/** `123 passed, 0 failed`, and `, 4 skipped` when some were. */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function parse(report) {
  try {
    const value = JSON.parse(report);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
