import type { z } from 'zod';

/** Admins may leave out the prefix, so two feeds must differ in more than that. */
export function refuseAmbiguousNames(feeds: Record<string, unknown>, context: z.core.$RefinementCtx): void {
  const seen = new Map<string, string>();
  for (const alias of Object.keys(feeds)) {
    const other = seen.get(shortAlias(alias));
    if (other !== undefined) {
      context.addIssue({
        code: 'custom',
        path: [alias],
        message: `expected a name that differs from ${other} in more than its prefix`,
      });
    }
    seen.set(shortAlias(alias), alias);
  }
}

/** The name by which admins know a feed: `mpls` for `a-mpls`, `tqsp` for `cl-tqsp`. */
export function shortAlias(alias: string): string {
  return alias.replace(/^(?:a|cl)-/, '');
}
