// Linux's Landlock: this process, and every thread that it starts from now on, sees only the files that are named. It is a second wall behind
// the password: ClickHouse's scalar function file() reads any file, and dictionaries may run commands, whatever is granted to the user.

import { dlopen, getRawPointer } from 'node:ffi';
import { closeSync, existsSync, openSync, statSync } from 'node:fs';

// numbers of linux/landlock.h, linux/prctl.h and the system calls' table, the same on x64 and arm64
const CREATE_RULESET = 444;
const ADD_RULE = 445;
const RESTRICT_SELF = 446;
const ASK_VERSION = 1;
const PATH_BENEATH = 1;
const PR_SET_PDEATHSIG = 1;
const PR_SET_NO_NEW_PRIVS = 38;
const SIGTERM = 15;
const O_PATH = 0o10000000;

const READ_FILE = 1n << 2n;
const READ_FOLDER = 1n << 3n;
/** All that the kernel can forbid. Version 2 brought moves between folders, without which no part can be detached, 3 brought truncation. */
const everything = (version: bigint) => (1n << (version >= 3n ? 15n : 14n)) - 1n;
const EXECUTE = 1n;

/** Gives whether it is in force: not on a Mac, nor on a kernel before 5.19 or without Landlock. */
export function confineTo(paths: { readonly write: readonly string[]; readonly read: readonly string[] }): boolean {
  if (process.platform !== 'linux') return false;
  const { functions: libc } = dlopen(null, {
    syscall: { arguments: ['i64', 'i64', 'i64', 'i64', 'i64'], return: 'i64' },
    prctl: { arguments: ['i32', 'i64', 'i64', 'i64', 'i64'], return: 'i32' },
  });
  libc.prctl(PR_SET_PDEATHSIG, BigInt(SIGTERM), 0n, 0n, 0n); // this process ends with the one that started it
  const call = (number: number, ...args: bigint[]) => {
    const [a = 0n, b = 0n, c = 0n, d = 0n] = args;
    return libc.syscall(BigInt(number), a, b, c, d);
  };
  const version = call(CREATE_RULESET, 0n, 0n, BigInt(ASK_VERSION));
  if (version < 2n) return false;
  const handled = everything(version);
  const attributes = new BigUint64Array([handled]);
  const ruleset = call(CREATE_RULESET, getRawPointer(attributes.buffer), BigInt(attributes.byteLength), 0n);
  const allow = (path: string, access: bigint) => {
    if (!existsSync(path)) return true;
    const file = openSync(path, O_PATH);
    const rule = Buffer.alloc(12);
    rule.writeBigUInt64LE(access, 0);
    rule.writeInt32LE(file, 8);
    const failed = call(ADD_RULE, ruleset, BigInt(PATH_BENEATH), getRawPointer(rule), 0n) !== 0n;
    closeSync(file);
    return !failed;
  };
  const isAllowed = [
    ...paths.write.map((path) => allow(path, handled & ~EXECUTE)),
    ...paths.read.map((path) =>
      allow(path, statSync(path, { throwIfNoEntry: false })?.isDirectory() ? READ_FILE | READ_FOLDER : READ_FILE),
    ),
  ].every(Boolean);
  libc.prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n);
  return isAllowed && call(RESTRICT_SELF, ruleset, 0n) === 0n;
}
