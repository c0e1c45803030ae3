import { useConfig } from '../data/config.tsx';
import { signInPath, useSession } from '../data/session.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { OwnCleanup } from './cleanup/own-cleanup.tsx';
import './cleanup/cleanup.css';

/** Deletes old posts, likes and reposts of one's own account: choose, look, confirm, watch. */
export default function Cleanup() {
  const { isCleanupOn } = useConfig();
  return (
    <Page
      title="Clean up your account"
      tabTitle="Clean-up"
      lead="Delete your old posts, reposts and likes. First you see what would go; nothing is deleted before you confirm it."
    >
      {isCleanupOn ? (
        <ForAccount />
      ) : (
        <EmptyState title="Clean-ups are switched off">
          <p>Whoever runs Updraft has not set the key that they need (CLEANUP_TOKEN_KEY).</p>
        </EmptyState>
      )}
    </Page>
  );
}

function ForAccount() {
  const { session, isKnown, error } = useSession();
  if (session !== undefined) return <OwnCleanup key={session.did} session={session} />;
  if (!isKnown) return <Notice error={error} hasValue={false} />;
  return (
    <EmptyState title="Sign in with the account to clean up">
      <p>
        You sign in at your account’s own server. To look, no permission to delete is asked for: that comes later, when
        you decide to. A clean-up that runs goes on while you are signed out.
      </p>
      <a class="button primary" href={signInPath('/console/cleanup')}>
        Sign in
      </a>
    </EmptyState>
  );
}
