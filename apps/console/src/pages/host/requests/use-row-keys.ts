import type { RefObject } from 'preact';
import { ACTIONS, type Action } from './actions.ts';
import type { MemberRequest } from './use-requests.ts';

interface RowKeys {
  readonly box: RefObject<HTMLElement | null>;
  /** Those that can be decided about. */
  readonly rows: readonly MemberRequest[];
  readonly actions: readonly Action[];
  readonly toggle: (did: string) => void;
  readonly decide: (about: readonly MemberRequest[], action: Action) => void;
}

/** Keys of a row that has the focus: arrows move, letters decide. They do nothing elsewhere. */
export function useRowKeys({ box, rows, actions, toggle, decide }: RowKeys): (event: KeyboardEvent) => void {
  return (event) => {
    const row = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-did]') : null;
    if (row === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...(box.current?.querySelectorAll<HTMLElement>('[data-did]') ?? [])];
    const request = rows.find(({ did }) => did === row.dataset['did']);
    const action = actions.find((of) => ACTIONS[of].key === event.key);
    const next = all[all.indexOf(row) + (event.key === 'ArrowDown' || event.key === 'j' ? 1 : -1)];
    if (['ArrowDown', 'ArrowUp', 'j', 'k'].includes(event.key)) next?.focus();
    else if (request === undefined) return;
    else if (event.key === 'x') toggle(request.did);
    else if (action === undefined) return;
    // A key that is held down decides once: the focus goes to the next row meanwhile.
    else if (event.repeat) event.preventDefault();
    else {
      decide([request], action);
      if (action !== 'note') all[all.indexOf(row) + 1]?.focus();
    }
    event.preventDefault();
  };
}
