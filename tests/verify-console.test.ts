import { describe, expect, test } from 'vitest';
import { chromiumPath, whyNoChromium } from './browser/chromium.ts';
import { verifyConsole } from './browser/verify.ts';

describe.skipIf(chromiumPath === undefined)(`in Chromium${whyNoChromium}`, () => {
  test('people use the console: they look, search, sign in, let a member in, clean up, and wait out an outage', async () => {
    const { faults, axeSerious, pages, firstPageKb } = await verifyConsole({
      seed: 20_261_126,
      isBrief: true,
      events: 1_000,
      members: 300,
      views: [{ width: 320, theme: 'dark' }],
      onProgress: () => {},
    });
    expect(faults).toEqual([]);
    expect(axeSerious).toBe(0);
    expect(pages).toBeGreaterThan(20);
    expect(firstPageKb).toBeGreaterThan(0);
  }, 600_000);
});
