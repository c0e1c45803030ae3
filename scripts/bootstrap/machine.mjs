import { SetupFailure } from './failure.mjs';

const supported = ['linux x64', 'linux arm64', 'darwin arm64'];
const advice =
  'It runs on Linux (x64 or arm64, with glibc: Debian, Ubuntu, Fedora, …) and on a Mac with Apple silicon.';

/**
 * Refuses a machine for which npm has no Node 26 or no ClickHouse engine. @throws SetupFailure
 * @param {{ platform: string, arch: string, report?: { getReport(): object | string } }} process
 */
export function requireSupportedMachine({ platform, arch, report }) {
  if (!supported.includes(`${platform} ${arch}`)) {
    throw new SetupFailure(`Updraft does not run on ${platform} ${arch}.`, advice);
  }
  if (platform === 'linux' && report && !report.getReport().header?.glibcVersionRuntime) {
    throw new SetupFailure('Updraft does not run on a Linux with musl (such as Alpine).', advice);
  }
}
