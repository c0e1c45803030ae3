import type { SignInAnswer, SignInFault, SignInRequest } from '@updraft/console-api/views';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { returnPath } from '../data/return-path.ts';
import { useApi, useSession } from '../data/session.tsx';
import { useAction } from '../data/use-action.ts';
import { ActionError } from '../parts/action-error.tsx';
import { Button } from '../parts/button.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Page } from '../parts/page.tsx';

type Purpose = SignInRequest['purpose'];

/** Why the way back from an account's server led to no session, and what to do. */
const FAULTS: Record<SignInFault, string> = {
  denied: 'Your server says that you refused. Nothing has changed; sign in again if that was a slip.',
  partial:
    'Your server has not given the whole permission: to delete posts, reposts and likes. Nothing has changed; try again and allow all three.',
  expired: 'The sign-in took too long, or was begun in another browser. Please begin again.',
  failed: 'Your server’s answer was not the one to this sign-in. Please begin again here.',
  'other-account':
    'Another account has signed in at your server than the one that you named here. Begin again with its handle, or choose yours there.',
  unreachable: 'Your account’s server can’t be reached just now. Wait a moment, then try again.',
};

function isFault(name: string): name is SignInFault {
  return Object.hasOwn(FAULTS, name);
}

/** Signing in with an account of the network: its own server asks for the password, and leads back here. */
export default function SignIn() {
  const { query } = useLocation();
  const { session, isKnown, error } = useSession();
  const purpose: Purpose = query.purpose === 'cleanup' ? 'cleanup' : 'console';
  const returnTo = returnPath(query.returnTo, location.origin);
  const fault = query.error === undefined ? undefined : FAULTS[isFault(query.error) ? query.error : 'failed'];
  const isDone = session !== undefined && (purpose === 'console' || session.mayCleanUp);
  return (
    <Page title="Sign in">
      <div role="alert">{fault === undefined || isDone ? null : <p class="notice">{fault}</p>}</div>
      {isDone ? (
        <EmptyState title="You are signed in">
          <a class="button primary" href={returnTo}>
            Go on
          </a>
        </EmptyState>
      ) : (
        <SignInForm key={session?.handle} purpose={purpose} returnTo={returnTo} known={session?.handle ?? ''} />
      )}
      {isKnown ? null : <ActionError error={error} />}
    </Page>
  );
}

interface SignInFormProps {
  readonly purpose: Purpose;
  readonly returnTo: string;
  /** The handle of who is signed in without the permission that is asked for. */
  readonly known: string;
}

function SignInForm({ purpose, returnTo, known }: SignInFormProps) {
  const [handle, setHandle] = useState(known);
  const [wide, setWide] = useState<string>();
  const { sendJson } = useApi();
  const { run, isBusy, error } = useAction(async () => {
    const body: SignInRequest = { handle: handle.trim().replace(/^@/, ''), purpose, returnTo };
    const { redirect, isWide } = await sendJson<SignInAnswer>('POST', '/console/api/sign-in', body);
    if (isWide) setWide(redirect);
    else location.assign(redirect);
  });
  if (wide !== undefined) return <WidePermission redirect={wide} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <p class="lead">
        Your account’s own server asks for your password, and leads you back here: Updraft never sees it.
        {purpose === 'cleanup' ? ' For a clean-up it also asks whether Updraft may delete records of yours.' : ''}
      </p>
      <HandleField handle={handle} onInput={setHandle} />
      <ActionError error={error} />
      <Button type="submit" kind="primary" isBusy={isBusy}>
        {isBusy ? 'Asking your server …' : 'Go to your server'}
      </Button>
    </form>
  );
}

/** What an older server will ask for is more than a clean-up needs: who gives it should know before. */
function WidePermission({ redirect }: { redirect: string }) {
  return (
    <section class="panel">
      <h2>Your server will ask for more</h2>
      <p role="alert">
        It does not know a permission to delete posts, reposts and likes alone. It will ask whether Updraft may do
        almost everything in your name: write, change and delete records. Updraft only deletes what you confirm, and
        gives the permission back when the clean-up ends, or after an hour if you begin none.
      </p>
      <div class="actions">
        <a class="button" href="/console/cleanup">
          Back
        </a>
        <a class="button primary" href={redirect}>
          Go to your server
        </a>
      </div>
    </section>
  );
}

function HandleField({ handle, onInput }: { handle: string; onInput: (handle: string) => void }) {
  return (
    <div class="field">
      <label for="handle">Your handle</label>
      <input
        id="handle"
        name="handle"
        autoComplete="username"
        autoCapitalize="off"
        spellcheck={false}
        required
        maxLength={2_048}
        aria-describedby="handle-hint"
        placeholder="alice.bsky.social"
        value={handle}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      <p class="hint" id="handle-hint">
        Such as <b>alice.bsky.social</b>, or a domain of yours. A DID works, too.
      </p>
    </div>
  );
}
