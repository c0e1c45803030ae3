import type { Command } from '@updraft/command';
import { apiKeyCommands } from './api-key-commands.ts';
import { feedCommands } from './feed-commands.ts';
import { memberCommands } from './member-commands.ts';

export { feedByName } from '../feeds-file/feed.ts';
export { readFeedsFile } from '../feeds-file/read-feeds.ts';
export { importedApiKey } from '../keys/api-key.ts';
export { type AdminStores, openStores } from './config.ts';

/** The feed generator's part of `pnpm admin`. */
export const feedgenCommands: readonly Command[] = [...apiKeyCommands, ...memberCommands, ...feedCommands];
