import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';

interface ButtonProps extends Omit<ButtonHTMLAttributes, 'class' | 'disabled' | 'aria-disabled'> {
  /** primary: what the page is for; danger: what can't be taken back; quiet: among others, without a frame. */
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  /** What it does is under way: it keeps the focus and does nothing. */
  readonly isBusy?: boolean;
  readonly isDisabled?: boolean;
  readonly children: ComponentChildren;
}

export function Button({
  kind = 'plain',
  isBusy = false,
  isDisabled = false,
  onClick,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`button ${kind}`}
      disabled={isDisabled}
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy || undefined}
      onClick={(event) => {
        if (!isBusy) onClick?.(event);
        else event.preventDefault(); // it may be the button of a form
      }}
    >
      {children}
    </button>
  );
}
