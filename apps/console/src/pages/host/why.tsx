import './why/why.css';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { usePostCards } from '../../data/use-post-cards.ts';
import { ActionError } from '../../parts/action-error.tsx';
import { Button } from '../../parts/button.tsx';
import { useHostFeeds } from './data/use-host-feeds.ts';
import { CardOf } from './frame/cards.tsx';
import { HostPage } from './frame/host-page.tsx';
import { hostPath } from './frame/host-path.ts';
import { useExplanation } from './why/use-explanation.ts';
import { Verdict } from './why/verdict.tsx';

/** Why a post is in the feed, or why not. */
export default function Why() {
  return (
    <HostPage title="Why" need="moderator">
      {(feed) => <WhyIn key={feed} feed={feed} />}
    </HostPage>
  );
}

function WhyIn({ feed }: { feed: string }) {
  const asked = useLocation().query['post'] ?? '';
  const { feeds } = useHostFeeds();
  const kind = feeds?.find(({ alias }) => alias === feed)?.kind;
  const { explanation, error, isBusy, askAgain } = useExplanation(feed, asked);
  const posts = useMemo(() => (explanation === undefined ? [] : [explanation.uri]), [explanation]);
  const { byUri } = usePostCards(posts);
  return (
    <>
      {kind === 'following' || kind === 'for-you' ? (
        <p class="hint">
          Each reader has a list of their own in this feed. The answer is about yours: what others read is not told.
        </p>
      ) : null}
      <PostForm feed={feed} asked={asked} isBusy={isBusy} onAgain={askAgain} />
      <ActionError error={error} />
      <p class="quiet" role="status">
        {isBusy ? 'Asking …' : ''}
      </p>
      {explanation === undefined ? null : (
        <div class="why-two">
          <Verdict explanation={explanation} />
          <CardOf uri={explanation.uri} cards={byUri} />
        </div>
      )}
    </>
  );
}

interface PostFormProps {
  readonly feed: string;
  readonly asked: string;
  readonly isBusy: boolean;
  readonly onAgain: () => void;
}

/** The address of the page holds the post's, so that an answer can be shared. */
function PostForm({ feed, asked, isBusy, onAgain }: PostFormProps) {
  const { route } = useLocation();
  const [text, setText] = useState(asked);
  useEffect(() => setText(asked), [asked]);
  const ask = (post: string): void => {
    if (post === asked) onAgain();
    else route(hostPath(feed, '/why', post === '' ? {} : { post }));
  };
  return (
    <form
      class="search"
      onSubmit={(event) => {
        event.preventDefault();
        ask(text.trim());
      }}
    >
      <label class="unseen" for="why-post">
        The address of a post
      </label>
      <input
        id="why-post"
        type="text"
        autoComplete="off"
        autoCapitalize="none"
        spellcheck={false}
        maxLength={2_048}
        placeholder="The address of a post at bsky.app, or its at-uri"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" kind="primary" isBusy={isBusy}>
        Ask why
      </Button>
    </form>
  );
}
