// ClickHouse's engine, as a process of its own. `engine-process.ts` starts it; nothing else does.
//
// In:  argv: LIBRARY FOLDER CONFIG PROTOCOLS, where PROTOCOLS is `HTTP` or `HTTP,TCP`. CONFIG says which addresses, folders and users.
// Out: an open listener for each protocol, until the process is ended, or its query that never ends is killed: then the exit code is 0.
//      A fault at the start goes to stderr. Its exit code may be 0 too, so the caller must ask for an answer.
// Invariant: the call runs on the main thread of a process of its own; in a worker it would end in a segmentation fault. The call doesn't
//      return, so a signal's handler in JavaScript would never run: none is set, and SIGTERM ends the process.
import { dlopen, getRawPointer, toString } from 'node:ffi';
import { KEEP_ALIVE_SQL } from './keep-alive.ts';
import { confineTo } from './landlock.ts';

// the files by which `localhost` is resolved: dictionaries read their tables from there
const NAMES = ['hosts', 'nsswitch.conf', 'host.conf', 'resolv.conf'].map((name) => `/etc/${name}`);

const [library = '', folder = '', config = '', protocols = ''] = process.argv.slice(2);
const { functions } = dlopen(library, {
  chdb_query_cmdline: { arguments: ['i32', 'pointer'], return: 'pointer' },
  chdb_result_error: { arguments: ['pointer'], return: 'pointer' },
});
const listen = protocols.split(',').map((protocol) => `SYSTEM START LISTEN ${protocol}`);
const args = ['clickhouse', `--config-file=${config}`, `--query=${[...listen, KEEP_ALIVE_SQL].join('; ')}`];

// argv as in C; the strings and the array stay referenced until the call is over
const strings = args.map((arg) => Buffer.from(`${arg}\0`));
const argv = Buffer.alloc((strings.length + 1) * 8);
strings.forEach((string, index) => argv.writeBigUInt64LE(getRawPointer(string), index * 8));
confineTo({ write: [folder], read: ['/sys', '/proc/self', '/usr/share/zoneinfo', ...NAMES] });
const result = functions.chdb_query_cmdline(strings.length, getRawPointer(argv));
const error = functions.chdb_result_error(result);
const said = error === 0n ? '' : (toString(error) ?? '');
if (said !== '') process.stderr.write(`${said}\n`);
process.exit(said === '' || said.includes('QUERY_WAS_CANCELLED') ? 0 : 1);
