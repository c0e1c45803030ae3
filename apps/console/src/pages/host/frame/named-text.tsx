import { tameName } from '../../../data/tame.ts';

interface NamedTextProps {
  /** A DID, or a text with one: the at-uri of a post, or who made a change. */
  readonly text: string;
  /** '' where it is not known: the text stands alone. */
  readonly handle: string;
}

/** An account by its handle, with the DID in small letters below it. */
export function NamedText({ text, handle }: NamedTextProps) {
  if (handle === '') return <bdi>{text}</bdi>;
  return (
    <span class="named">
      <bdi>
        {text.startsWith('at://') ? 'a post of ' : ''}@{tameName(handle)}
      </bdi>{' '}
      <small class="quiet">
        <bdi>{text}</bdi>
      </small>
    </span>
  );
}
