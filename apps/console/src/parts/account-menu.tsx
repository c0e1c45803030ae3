import type { SessionView } from '@updraft/console-api/views';
import { useLocation } from 'preact-iso';
import { signInPath, useSession } from '../data/session.tsx';
import { useAction } from '../data/use-action.ts';
import { ActionError } from './action-error.tsx';
import { Button } from './button.tsx';
import { useDisclosure } from './use-disclosure.ts';

/** Who is signed in, and the way in and out. */
export function AccountMenu() {
  const { session, isKnown, error } = useSession();
  const { url, path } = useLocation();
  if (session !== undefined) return <SignedIn session={session} />;
  if (!isKnown) return <span class="quiet account-menu">{error === undefined ? '' : 'Signing in is away'}</span>;
  if (path === '/console/sign-in') return null;
  return (
    <a class="button" href={signInPath(url)}>
      Sign in
    </a>
  );
}

function SignedIn({ session }: { session: SessionView }) {
  const { isOpen, toggle, box } = useDisclosure();
  const { route } = useLocation();
  const { signOut } = useSession();
  const { run, isBusy, error } = useAction(async () => {
    await signOut();
    route('/console/');
  });
  const name = session.handle === '' ? session.did : `@${session.handle}`;
  return (
    <div class="account-menu" ref={box}>
      <Button kind="quiet" aria-expanded={isOpen} aria-controls="account-menu" onClick={toggle}>
        <span class="unseen">Account: </span>
        <bdi>{name}</bdi>
      </Button>
      <div id="account-menu" class="menu" hidden={!isOpen}>
        <p>
          <bdi>{name}</bdi>
          <br />
          <small class="quiet">
            <bdi>{session.did}</bdi>
          </small>
          <br />
          <small class="quiet">{rolesOf(session)}</small>
        </p>
        <a href="/console/sessions">Sessions</a>
        <Button isBusy={isBusy} onClick={() => void run()}>
          Sign out
        </Button>
        <ActionError error={error} />
      </div>
    </div>
  );
}

function rolesOf({ roles: { isOperator, hostOf, moderatorOf } }: SessionView): string {
  const feeds = (count: number) => `${count} ${count === 1 ? 'feed' : 'feeds'}`;
  const roles = [
    ...(isOperator ? ['operator'] : []),
    ...(hostOf.length > 0 ? [`host of ${feeds(hostOf.length)}`] : []),
    ...(moderatorOf.length > 0 ? [`moderator of ${feeds(moderatorOf.length)}`] : []),
  ];
  return roles.length === 0 ? 'no role here' : roles.join(', ');
}
