// ClickHouse's own server out of the library that npm's chdb ships: LIBRARY CONFIG. It reads users.xml as a real one does, grants included.
// The call never returns; SIGKILL ends it.
import { dlopen, getRawPointer } from 'node:ffi';

const [library, config] = process.argv.slice(2);
const forEver =
  'SELECT sleepEachRow(1) FROM system.numbers SETTINGS max_block_size = 1, max_execution_time = 0 FORMAT Null';
const args = ['clickhouse', `--config-file=${config}`, `--query=SYSTEM START LISTEN HTTP; ${forEver}`];
const strings = args.map((arg) => Buffer.from(`${arg}\0`));
const argv = Buffer.alloc((strings.length + 1) * 8);
for (const [index, string] of strings.entries()) argv.writeBigUInt64LE(getRawPointer(string), index * 8);
const { functions } = dlopen(library, { chdb_query_cmdline: { arguments: ['i32', 'pointer'], return: 'pointer' } });
functions.chdb_query_cmdline(strings.length, getRawPointer(argv));
