import type { BuildProgram } from '@updraft/command';
import { addApiKeyCommands } from './api-key-commands.ts';
import { addFeedCommands } from './feed-commands.ts';
import { addMemberCommands } from './member-commands.ts';

export { feedByName } from '../feeds-file/feed.ts';
export { readFeedsFile } from '../feeds-file/read-feeds.ts';
export { importedApiKey } from '../keys/api-key.ts';
export { type AdminStores, openStores } from './config.ts';

/** The feed generator's part of `pnpm admin`. */
export const addFeedgenCommands: BuildProgram = (program, io) => {
  addApiKeyCommands(program, io);
  addMemberCommands(program, io);
  addFeedCommands(program, io);
};
