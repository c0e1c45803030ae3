import { accountPage } from '../data/post.ts';
import { tameName } from '../data/tame.ts';

interface AccountNameProps {
  readonly did: string;
  /** '' where it is not known: the DID stands for it. */
  readonly handle: string;
  readonly displayName?: string | undefined;
  /** With a link to the account at bsky.app. */
  readonly isLinked?: boolean;
}

/** An account's name and handle, which are a stranger's words: one line, kept in its own direction. */
export function AccountName({ did, handle, displayName = '', isLinked = false }: AccountNameProps) {
  const name = tameName(displayName);
  const content = (
    <>
      {name === '' ? null : <bdi class="name">{name}</bdi>}{' '}
      <bdi class="handle">{handle === '' ? did : `@${tameName(handle)}`}</bdi>
    </>
  );
  if (!isLinked) return <span class="account">{content}</span>;
  return (
    <a class="account" href={accountPage(did)} rel="noreferrer nofollow" target="_blank">
      {content}
    </a>
  );
}
