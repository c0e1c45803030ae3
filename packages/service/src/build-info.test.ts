import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readBuildInfo } from './build-info.ts';

const folder = mkdtempSync(join(tmpdir(), 'updraft-build-info-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('what a process runs', () => {
  test('is the version, and in an image the commit and the time; what is damaged is left out', () => {
    expect(readBuildInfo(folder)).toEqual({});
    writeFileSync(join(folder, 'package.json'), '{"name":"updraft","version":"1.2.3"}');
    expect(readBuildInfo(folder)).toEqual({ version: '1.2.3' });
    writeFileSync(join(folder, 'build-info.json'), '{"commit":"abc","builtAt":"2026-07-04T14:00:00Z"}');
    expect(readBuildInfo(folder)).toEqual({ version: '1.2.3', commit: 'abc', builtAt: '2026-07-04T14:00:00Z' });
    writeFileSync(join(folder, 'build-info.json'), '{"commit":');
    expect(readBuildInfo(folder)).toEqual({ version: '1.2.3' });
  });

  test('is known of this project', () => {
    expect(readBuildInfo()).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  });
});
