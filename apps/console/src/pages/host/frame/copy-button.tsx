import { useState } from 'preact/hooks';
import { Button } from '../../../parts/button.tsx';

/** Copies a text, and says so. Browsers allow it on https and on this machine only; else the text is shown to be copied by hand. */
export function CopyButton({ text, title }: { text: string; title: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState('refused');
    }
  };
  return (
    <>
      <Button onClick={() => void copy()}>{title}</Button>
      <span role="status" class="quiet">
        {state === 'copied' ? 'Copied.' : ''}
      </span>
      {state === 'refused' ? <textarea readOnly aria-label={title} rows={4} value={text} /> : null}
    </>
  );
}
