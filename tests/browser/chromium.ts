import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const { env } = process;
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The Chromium that `npm test` found, else the one on PATH; undefined without one. */
export const chromiumPath = [env['CHROMIUM'] ?? '', ...onPath()].find(isProgram);

/** For the names of tests in a browser. */
export const whyNoChromium =
  chromiumPath === undefined
    ? ` (skipped: ${env['NO_CHROMIUM'] || 'no Chromium on PATH, none named by CHROMIUM'})`
    : '';

function onPath(): string[] {
  const folders = (env['PATH'] ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return path !== '';
  } catch {
    return false;
  }
}
