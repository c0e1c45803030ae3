import { useState } from 'preact/hooks';
import { tameName } from '../../../data/tame.ts';
import { type Suggestion, useSuggestions } from './use-suggestions.ts';

interface AccountBoxProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

/**
 * A box for an account, with suggestions while a handle is typed.
 * Source: the combobox with a listbox, https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
 */
export function AccountBox({ id, label, value, onValue }: AccountBoxProps) {
  const { found, isShown, active, choose, close, type, onKeyDown } = useOptions(value, onValue);
  return (
    <div class="combo">
      <label class="unseen" for={id}>
        {label}
      </label>
      <input
        id={id}
        type="text"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={isShown}
        aria-controls={`${id}-list`}
        aria-activedescendant={isShown && active >= 0 ? `${id}-${active}` : undefined}
        autoComplete="off"
        autoCapitalize="none"
        spellcheck={false}
        maxLength={2_048}
        placeholder={label}
        value={value}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <Options id={id} accounts={isShown ? found : []} active={active} onChoose={choose} />
    </div>
  );
}

/** Which suggestions are shown, and which of them the arrows have reached; -1 for none. */
function useOptions(value: string, onValue: (value: string) => void) {
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const found = useSuggestions(isOpen ? value : '');
  const isShown = isOpen && found.length > 0;
  const show = (isToOpen: boolean): void => {
    setOpen(isToOpen);
    setActive(-1);
  };
  const close = (): void => show(false);
  const choose = (account: Suggestion): void => {
    onValue(account.handle);
    close();
  };
  const type = (text: string): void => {
    onValue(text);
    show(true);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const chosen = found[active];
    if (event.key === 'Escape' && isShown) close();
    else if (event.key === 'Enter' && isShown && chosen !== undefined) choose(chosen);
    else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && !event.altKey) {
      setOpen(true);
      setActive(nextOption(active, event.key === 'ArrowDown' ? 1 : -1, found.length));
    } else return;
    event.preventDefault();
  };
  return { found, isShown, active, choose, close, type, onKeyDown };
}

/** From none (-1) through all options and round to none. */
function nextOption(active: number, step: number, count: number): number {
  return ((active + 1 + step + count + 1) % (count + 1)) - 1;
}

interface OptionsProps {
  readonly id: string;
  readonly accounts: readonly Suggestion[];
  readonly active: number;
  readonly onChoose: (account: Suggestion) => void;
}

function Options({ id, accounts, active, onChoose }: OptionsProps) {
  return (
    <>
      <ul id={`${id}-list`} role="listbox" aria-label="Accounts" class="options" hidden={accounts.length === 0}>
        {accounts.map((account, index) => (
          <li
            key={account.did}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            onMouseDown={(event) => event.preventDefault()} // the box keeps the focus
            onClick={() => onChoose(account)}
          >
            <bdi>@{account.handle}</bdi> <bdi class="quiet">{tameName(account.displayName)}</bdi>
          </li>
        ))}
      </ul>
      <span class="unseen" role="status">
        {accounts.length === 0 ? '' : `${accounts.length} suggestions`}
      </span>
    </>
  );
}
