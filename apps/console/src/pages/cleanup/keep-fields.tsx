import type { CleanupForm, FormFaults } from './cleanup-form.ts';
import { Field } from './field.tsx';

interface KeepFieldsProps {
  readonly form: CleanupForm;
  readonly faults: FormFaults;
  readonly change: (form: CleanupForm) => void;
}

/** What stays although it is old. It concerns posts only. */
export function KeepFields({ form, faults, change }: KeepFieldsProps) {
  return (
    <fieldset>
      <legend>Keep</legend>
      <label class="check">
        <input
          type="checkbox"
          checked={form.keepPinned}
          onChange={(event) => change({ ...form, keepPinned: event.currentTarget.checked })}
        />
        <span>The post pinned to your profile</span>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={form.keepThreads}
          onChange={(event) => change({ ...form, keepThreads: event.currentTarget.checked })}
        />
        <span>
          Your threads <span class="quiet">that you began, with two or more posts of yours</span>
        </span>
      </label>
      <MinLikes form={form} faults={faults} change={change} />
      <KeepUris form={form} faults={faults} change={change} />
    </fieldset>
  );
}

function MinLikes({ form, faults, change }: KeepFieldsProps) {
  return (
    <Field
      id="min-likes"
      title="Posts with at least this many likes"
      hint="Posts whose likes can’t be counted stay, too. Empty: likes don’t matter."
      fault={faults.minLikes}
      after="likes"
    >
      <input
        id="min-likes"
        type="number"
        inputMode="numeric"
        min={1}
        aria-invalid={faults.minLikes !== undefined}
        aria-describedby="min-likes-fault"
        value={form.minLikes}
        onInput={(event) => change({ ...form, minLikes: event.currentTarget.value })}
      />
    </Field>
  );
}

function KeepUris({ form, faults, change }: KeepFieldsProps) {
  return (
    <Field
      id="keep-uris"
      title="These posts"
      hint="Their addresses on bsky.app, or at-uris, one a line."
      fault={faults.keepUris}
    >
      <textarea
        id="keep-uris"
        rows={3}
        spellcheck={false}
        aria-invalid={faults.keepUris !== undefined}
        aria-describedby="keep-uris-fault"
        value={form.keepUris}
        onInput={(event) => change({ ...form, keepUris: event.currentTarget.value })}
      />
    </Field>
  );
}
