import { describe, expect, test } from 'vitest';
import { packagesFor, parseDepends, parseMissing } from './debian.mjs';
import { SetupFailure } from './failure.mjs';
import { requireSupportedMachine } from './machine.mjs';
import { installHint } from './redis.mjs';
import { isNewEnough } from './runtime.mjs';

const glibc = { getReport: () => ({ header: { glibcVersionRuntime: '2.36' } }) };

describe('the machine', () => {
  test('Linux with glibc and Macs with Apple silicon are served', () => {
    for (const arch of ['x64', 'arm64']) requireSupportedMachine({ platform: 'linux', arch, report: glibc });
    requireSupportedMachine({ platform: 'darwin', arch: 'arm64' });
  });

  test.each([
    { platform: 'win32', arch: 'x64' },
    { platform: 'darwin', arch: 'x64' },
    { platform: 'linux', arch: 'riscv64', report: glibc },
    { platform: 'linux', arch: 'x64', report: { getReport: () => ({ header: {} }) } },
  ])('$platform $arch is refused with a sentence', (machine) => {
    expect(() => requireSupportedMachine(machine)).toThrow(SetupFailure);
  });

  test('only a Node of 26 or newer runs the project', () => {
    expect(['v26.0.0', 'v27.1.0'].map(isNewEnough)).toEqual([true, true]);
    expect(['v20.20.2', 'v2.60.0', 'x', undefined].map(isNewEnough)).toEqual([false, false, false, false]);
  });
});

describe('unpacking redis-server', () => {
  test('what ldd misses is found in the names of Debian’s and Ubuntu’s packages', () => {
    const ldd =
      '\tlibssl.so.3 => not found\n\tlibm.so.6 => /lib/libm.so.6 (0x1)\n\tliblua5.1.so.0 => not found\n\tlibjemalloc.so.2 => not found\n';
    const missing = parseMissing(ldd);
    expect(missing).toEqual(['libssl.so.3', 'liblua5.1.so.0', 'libjemalloc.so.2']);
    const depends = parseDepends(`redis-tools
  Depends: libc6
  Depends: libjemalloc2
  Depends: liblua5.1-0
 |Depends: <libssl3t64>
  PreDepends: init-system-helpers
  Depends: libzstd1
  Suggests: ruby-redis
`);
    expect(depends).toEqual(['libjemalloc2', 'liblua5.1-0', 'libssl3t64', 'libzstd1']);
    expect(packagesFor(missing, depends)).toEqual(['libjemalloc2', 'liblua5.1-0', 'libssl3t64']);
  });

  test('a library whose package has an odd name brings all that could hold it', () => {
    expect(packagesFor(['libodd.so.9'], ['liba1', 'libb2'])).toEqual(['liba1', 'libb2']);
  });

  test('where nothing can be unpacked a sentence says what to install', () => {
    expect(installHint('darwin')).toMatch(/brew install redis/);
    expect(installHint('linux')).toMatch(/REDIS_ADDRESS/);
  });
});
