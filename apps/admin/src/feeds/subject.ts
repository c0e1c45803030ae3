import { CommandError } from '@updraft/command';
import { readHideSubject } from '@updraft/feeds';
import { type ClickHouse, didOfHandle } from '@updraft/store';

/** An account, or one of its posts. */
export interface Subject {
  readonly did: string;
  readonly rkey: string | undefined;
}

/** What an operator pasted. A handle is that of the account that last had it, by our records. @throws CommandError */
export async function readSubject(text: string, clickhouse: ClickHouse): Promise<Subject> {
  const named = readHideSubject(text);
  if (named === undefined) throw new CommandError(`expected the at-uri of a post, a DID or a handle, got ${text}`);
  const { did, handle } = named.account;
  const found = did ?? (await didOfHandle(clickhouse, handle));
  if (found === undefined) throw new CommandError(`no account with the handle ${handle} is known here: give its DID`);
  return { did: found, rkey: named.rkey };
}
