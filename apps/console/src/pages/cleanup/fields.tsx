import { Button } from '../../parts/button.tsx';
import type { CleanupForm, FormFaults } from './cleanup-form.ts';
import { TYPE_WORDS, TYPES } from './cleanup-words.ts';
import { Field } from './field.tsx';
import { KeepFields } from './keep-fields.tsx';

interface CleanupFieldsProps {
  readonly form: CleanupForm;
  readonly faults: FormFaults;
  readonly change: (form: CleanupForm) => void;
  readonly submit: () => void;
  readonly isBusy: boolean;
}

/** What to delete, how old, and what stays. */
export function CleanupFields({ form, faults, change, submit, isBusy }: CleanupFieldsProps) {
  return (
    <form
      class="panel cleanup"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) submit();
      }}
    >
      <div class="two">
        <div>
          <Types form={form} fault={faults.types} change={change} />
          <Days form={form} fault={faults.days} change={change} />
        </div>
        <KeepFields form={form} faults={faults} change={change} />
      </div>
      <Button kind="primary" type="submit" isBusy={isBusy}>
        {isBusy ? 'Looking …' : 'See what would go'}
      </Button>
      <span class="hint"> Nothing is deleted by this.</span>
    </form>
  );
}

interface PartProps extends Pick<CleanupFieldsProps, 'form' | 'change'> {
  readonly fault: string | undefined;
}

function Days({ form, fault, change }: PartProps) {
  return (
    <Field
      id="days"
      title="Older than"
      hint="By the date that each one shows. With 0, whatever its age."
      fault={fault}
      after="days"
    >
      <input
        id="days"
        type="number"
        inputMode="numeric"
        min={0}
        max={36_500}
        aria-invalid={fault !== undefined}
        aria-describedby="days-fault"
        value={form.days}
        onInput={(event) => change({ ...form, days: event.currentTarget.value })}
      />
    </Field>
  );
}

function Types({ form, fault, change }: PartProps) {
  return (
    <fieldset aria-describedby="types-fault">
      <legend>Delete</legend>
      {TYPES.map((type) => (
        <label key={type} class="check">
          <input
            type="checkbox"
            checked={form.types.includes(type)}
            onChange={(event) => {
              const others = form.types.filter((other) => other !== type);
              change({ ...form, types: event.currentTarget.checked ? [...others, type] : others });
            }}
          />
          <span>
            {TYPE_WORDS[type].title} <span class="quiet">{TYPE_WORDS[type].hint}</span>
          </span>
        </label>
      ))}
      <p class="hint">Nothing else is touched: no follows, lists, blocks or profile.</p>
      <p id="types-fault" class="fault" role="alert">
        {fault}
      </p>
    </fieldset>
  );
}
