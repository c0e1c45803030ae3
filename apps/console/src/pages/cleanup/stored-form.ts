import { type CleanupForm, EMPTY_FORM, readForm } from './cleanup-form.ts';

const KEY = 'updraft-cleanup';

/** Keeps the form in this tab while its account's server is asked for permission. */
export function storeForm(form: CleanupForm): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(form));
  } catch {
    // A browser that stores nothing begins with an empty form.
  }
}

export interface StoredForm {
  readonly form: CleanupForm;
  /** Whether somebody looked at what it would delete. */
  readonly isLooking: boolean;
}

export function storedForm(): StoredForm {
  try {
    const json = sessionStorage.getItem(KEY);
    const form = readForm(json);
    return { form, isLooking: json !== null && form.types.length > 0 };
  } catch {
    return { form: EMPTY_FORM, isLooking: false };
  }
}

export function forgetForm(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing is stored.
  }
}
