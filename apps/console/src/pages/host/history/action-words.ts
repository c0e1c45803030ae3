/** What was done, as the audit log names it, in words. */
const WORDS: Readonly<Record<string, string>> = {
  'member pending': 'asked to become a member',
  'member approved': 'became a member',
  'member rejected': 'was rejected',
  'member banned': 'was banned',
  'member left': 'left',
  'member ended': 'membership ended',
  hide: 'hidden',
  unhide: 'no longer hidden',
  settings: 'changed the settings',
};

/** What has no words here keeps its name. */
export function actionWords(action: string): string {
  return WORDS[action] ?? action;
}
