import { type RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';

export interface Disclosure {
  readonly isOpen: boolean;
  readonly toggle: () => void;
  /** Of the element that holds both the button and what it shows. */
  readonly box: RefObject<HTMLDivElement | null>;
}

/** What a button shows and hides: Escape, a click or the focus elsewhere, and another page hide it. */
export function useDisclosure(): Disclosure {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const { url } = useLocation();
  useEffect(() => setOpen(false), [url]);
  useEffect(() => {
    if (!isOpen) return undefined;
    const stop = new AbortController();
    const leave = ({ target }: Event) => {
      if (target instanceof Node && box.current?.contains(target) !== true) setOpen(false);
    };
    const escape = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return;
      setOpen(false);
      box.current?.querySelector('button')?.focus();
    };
    document.addEventListener('pointerdown', leave, { signal: stop.signal });
    document.addEventListener('focusin', leave, { signal: stop.signal });
    document.addEventListener('keydown', escape, { signal: stop.signal });
    return () => stop.abort();
  }, [isOpen]);
  return { isOpen, toggle: () => setOpen((known) => !known), box };
}
