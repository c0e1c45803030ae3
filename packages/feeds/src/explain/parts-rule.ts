import type { QueriedFeed } from '../feed.ts';
import type { RuleResult } from './explanation.ts';

/** Whether a feed of a union has the post; none of another feed. Why a part has it or not, an explanation of that part tells. */
export function partsRule(feed: QueriedFeed, parts: ReadonlyMap<string, readonly string[]>, uri: string): RuleResult[] {
  if (feed.kind !== 'union') return [];
  const places = [...parts].map(([alias, uris]) => [alias, uris.indexOf(uri) + 1] as const);
  const told = places.map(([alias, place]) => `${alias}: ${place > 0 ? `place ${place}` : 'not in it'}`);
  return [{ rule: 'feeds', isPassed: places.some(([, place]) => place > 0), detail: told.join(', ') }];
}
