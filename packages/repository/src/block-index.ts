import { hash } from 'node:crypto';
import { readSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { carBlocks } from './car-blocks.ts';
import { RepositoryError } from './repository-error.ts';

/** The blocks of a CAR file by their CIDs. */
export interface BlockIndex {
  /** The block's content; undefined when the file does not have the block. */
  get(cid: Uint8Array): Uint8Array | undefined;
  /** Like get(), in a buffer that the next call overwrites. */
  getShortly(cid: Uint8Array): Uint8Array | undefined;
  has(cid: Uint8Array): boolean;
  close(): void;
}

/**
 * Reads the CAR file once, checks every block against its CID, and writes the position of each into an SQLite file, so that
 * memory does not grow with the repository. Throws a RepositoryError for a forged or broken file.
 */
export function indexBlocks(fd: number, indexPath: string): BlockIndex {
  using opened = new DisposableStack();
  const db = opened.adopt(new DatabaseSync(indexPath), (database) => database.close());
  // A scratch file, worth nothing after a crash. A negative cache size is in KiB.
  db.exec(
    'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -3072',
  );
  db.exec('CREATE TABLE block (cid BLOB PRIMARY KEY, at INTEGER, length INTEGER) WITHOUT ROWID, STRICT');
  fillIndex(db, fd);
  const select = db.prepare('SELECT at, length FROM block WHERE cid = ?');
  let scratch = Buffer.alloc(64 * 1024);
  const read = (cid: Uint8Array, into: (length: number) => Buffer): Uint8Array | undefined => {
    const row = select.get(cid);
    return row === undefined ? undefined : readBlock(fd, Number(row['at']), into(Number(row['length'])));
  };
  const kept = opened.move();
  return {
    get: (cid) => read(cid, (length) => Buffer.alloc(length)),
    getShortly: (cid) =>
      read(cid, (length) => {
        if (length > scratch.length) scratch = Buffer.alloc(length);
        return scratch.subarray(0, length);
      }),
    has: (cid) => select.get(cid) !== undefined,
    close: () => kept.dispose(),
  };
}

const CID_PREFIX_BYTES = 4;
/** Rows in one transaction. */
const CHUNK_ROWS = 10_000;

function fillIndex(db: DatabaseSync, fd: number): void {
  const insert = db.prepare('INSERT OR IGNORE INTO block (cid, at, length) VALUES (?, ?, ?)');
  let rows = 0;
  db.exec('BEGIN');
  for (const { cid, at, bytes } of carBlocks(fd)) {
    if (!isContent(cid, bytes)) throw new RepositoryError('the CAR file has a block that does not match its CID');
    insert.run(cid, at, bytes.length);
    if (++rows % CHUNK_ROWS === 0) db.exec('COMMIT; BEGIN');
  }
  db.exec('COMMIT');
}

function isContent(cid: Uint8Array, bytes: Uint8Array): boolean {
  return hash('sha256', bytes, 'buffer').equals(cid.subarray(CID_PREFIX_BYTES));
}

function readBlock(fd: number, at: number, into: Buffer): Uint8Array {
  if (readSync(fd, into, 0, into.length, at) !== into.length) throw new RepositoryError('the CAR file is cut short');
  return into;
}
