import { formatCount } from '../../../data/format.ts';
import { Button } from '../../../parts/button.tsx';
import { ACTIONS, type Action } from './actions.ts';

interface ManyBarProps {
  readonly actions: readonly Action[];
  /** How many are chosen. */
  readonly count: number;
  readonly isAll: boolean;
  readonly onAll: (isAll: boolean) => void;
  readonly onAction: (action: Action) => void;
}

/** What is done about all that are chosen. */
export function ManyBar({ actions, count, isAll, onAll, onAction }: ManyBarProps) {
  return (
    <div class="many" role="group" aria-label="All that are chosen">
      <label>
        <input
          type="checkbox"
          checked={isAll}
          ref={(box) => {
            if (box !== null) box.indeterminate = count > 0 && !isAll;
          }}
          onChange={(event) => onAll(event.currentTarget.checked)}
        />{' '}
        {count === 0 ? 'Choose all' : `${formatCount(count)} chosen`}
      </label>
      <span class="actions">
        {actions.map((action) => (
          <Button key={action} isDisabled={count === 0} onClick={() => onAction(action)}>
            {ACTIONS[action].title}
            {action === 'note' ? ' …' : ''}
          </Button>
        ))}
      </span>
    </div>
  );
}
