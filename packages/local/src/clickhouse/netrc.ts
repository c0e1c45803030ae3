import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SetupError } from '@updraft/service';
import type { Login } from './credentials.ts';

/** Who may ask this ClickHouse. */
export interface Logins {
  /** The services, and people: reads and writes rows. */
  readonly apps: Login;
  /** Changes the schema. */
  readonly migrations: Login;
}

/**
 * The logins in the file, a netrc for curl that only its owner reads. Where it is missing, it is made with random passwords.
 * @throws SetupError when the file doesn't hold them
 */
export async function keepLogins(file: string): Promise<Logins> {
  if (!existsSync(file)) await writeWhole(file, newNetrc());
  await chmod(file, 0o600);
  const logins = readNetrc(await readFile(file, 'utf8'));
  if (logins !== undefined) return logins;
  throw new SetupError(
    `${file} does not hold ClickHouse's passwords any more. Delete it, and the next start makes new ones.`,
  );
}

/** Whole or not at all: a full disk must not leave a file without passwords. */
async function writeWhole(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  } catch (cause) {
    await rm(`${file}.new`, { force: true });
    throw new SetupError(`${file} can't be written: ${(cause as Error).message}`, { cause });
  }
}

function newNetrc(): string {
  const password = () => randomBytes(24).toString('base64url');
  const lines = (login: string, secret: string) =>
    ['127.0.0.1', 'localhost'].map((machine) => `machine ${machine} login ${login} password ${secret}\n`).join('');
  return `${lines('updraft', password())}${lines('migrations', password())}`;
}

function readNetrc(text: string): Logins | undefined {
  const login = (username: string) => {
    const password = new RegExp(`^machine 127\\.0\\.0\\.1 login ${username} password (\\S+)$`, 'm').exec(text)?.[1];
    return password === undefined ? undefined : { username, password };
  };
  const [apps, migrations] = [login('updraft'), login('migrations')];
  return apps && migrations && { apps, migrations };
}
