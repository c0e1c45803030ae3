import { type CleanupForm, EMPTY_FORM, readForm } from './cleanup-form.ts';

const keyOf = (did: string): string => `updraft-cleanup ${did}`;

/** Keeps an account's form in this tab: while its server is asked for permission, its repository is exported, or its session is renewed. */
export function storeForm(did: string, { form, isLooking }: StoredForm): void {
  try {
    sessionStorage.setItem(keyOf(did), JSON.stringify({ ...form, isLooking }));
  } catch {
    // A browser that stores nothing begins with an empty form.
  }
}

export interface StoredForm {
  readonly form: CleanupForm;
  /** Whether somebody looked at what it would delete. */
  readonly isLooking: boolean;
}

export function storedForm(did: string): StoredForm {
  try {
    const json = sessionStorage.getItem(keyOf(did));
    return { form: readForm(json), isLooking: json?.includes('"isLooking":true') === true };
  } catch {
    return { form: EMPTY_FORM, isLooking: false };
  }
}

export function forgetForm(did: string): void {
  try {
    sessionStorage.removeItem(keyOf(did));
  } catch {
    // Nothing is stored.
  }
}
