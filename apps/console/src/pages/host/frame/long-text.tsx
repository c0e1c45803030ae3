import { useState } from 'preact/hooks';

const SHOWN = 300;

/** Text of people, in its own direction. What is long unfolds. */
export function LongText({ text }: { text: string }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > SHOWN;
  return (
    <>
      <bdi class="long-text">{isLong && !isOpen ? `${text.slice(0, SHOWN).toWellFormed()}…` : text}</bdi>
      {isLong ? (
        <button type="button" class="button quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Less' : 'More'}
        </button>
      ) : null}
    </>
  );
}
