import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { hostPath } from '../frame/host-path.ts';

/** The search waits for a pause in the typing. */
const PAUSE_MS = 250;

/** The address holds what is searched, so that the way back from another page leads to the same list. */
export function MemberSearch({ feed, search }: { feed: string; search: string }) {
  const { route } = useLocation();
  const [text, setText] = useState(search);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (q: string): void => {
    clearTimeout(timer.current);
    if (q.trim() !== search) route(hostPath(feed, '/members', q.trim() === '' ? {} : { q: q.trim() }), true);
  };
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        ask(text);
      }}
    >
      <label class="unseen" for="member-search">
        Search members
      </label>
      <input
        id="member-search"
        type="search"
        autoComplete="off"
        spellcheck={false}
        maxLength={256}
        placeholder="Search members"
        value={text}
        onInput={({ currentTarget: { value } }) => {
          setText(value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => ask(value), PAUSE_MS);
        }}
      />
    </form>
  );
}
