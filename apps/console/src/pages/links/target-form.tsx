import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';

interface TargetFormProps {
  readonly asked: string;
  readonly ask: (target: string) => void;
}

/** Takes what links may lead to, in any of the ways in which people have it. */
export function TargetForm({ asked, ask }: TargetFormProps) {
  const [text, setText] = useState(asked);
  useEffect(() => setText(asked), [asked]);
  return (
    <form
      role="search"
      class="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') ask(text.trim());
      }}
    >
      <label class="unseen" for="target">
        Address of a post, an account or a web page
      </label>
      <input
        id="target"
        type="text"
        autoComplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder="A post’s address, at://…, a handle, a DID, or https://…"
        maxLength={2_048}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <Button kind="primary" type="submit">
        Find links
      </Button>
    </form>
  );
}
