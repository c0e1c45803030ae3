import './operator.css';

/** A state in a word; the colour says it again. */
export function Mark({ kind, children }: { kind: 'good' | 'warn' | 'bad' | 'quiet'; children: string }) {
  return <span class={`mark ${kind}`}>{children}</span>;
}
