import type { ComponentChildren } from 'preact';

interface FieldProps {
  /** Of the input in it, which is described by `ID-fault`. */
  readonly id: string;
  readonly title: string;
  readonly hint?: string;
  readonly fault: string | undefined;
  /** A word after the input, such as its unit. */
  readonly after?: string;
  readonly children: ComponentChildren;
}

/** One input, its title, and what is wrong with it. */
export function Field({ id, title, hint, fault, after, children }: FieldProps) {
  return (
    <div class="field">
      <label for={id}>{title}</label>
      <div class="with-unit">
        {children} {after}
      </div>
      {hint === undefined ? null : <p class="hint">{hint}</p>}
      <p id={`${id}-fault`} class="fault" role="alert">
        {fault}
      </p>
    </div>
  );
}
