import { z } from 'zod';
import { NOT_RECOMMENDED } from './moderation.ts';

/** The lexicon's: lower-case letters and hyphens, with a ! before those that no user can set. */
const labelValue = z
  .string()
  .regex(/^!?[a-z][a-z0-9-]{0,126}$/, { error: "expected a label's value, such as 'porn' or '!hide'" });
const labelValues = z.array(labelValue).max(100);

/** The rules of moderation.ts. Feeds that are `isOfAll` choose among everybody's posts, those that recommend by their likes. */
export function moderation({
  isOfAll = false,
  isRecommending = isOfAll,
}: {
  isOfAll?: boolean;
  isRecommending?: boolean;
} = {}) {
  const exclude = labelValues.default(isOfAll ? [...NOT_RECOMMENDED] : []);
  return {
    labels: z.strictObject({ exclude, require: labelValues.default([]) }).prefault({}),
    recommendableOnly: z.boolean().default(isRecommending),
    bots: z.boolean().default(true),
  };
}
