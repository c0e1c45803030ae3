import type { BuildProgram } from '@updraft/command';
import { addApiKeyCommands } from './api-key-commands.ts';
import { addExplainCommand } from './explain-command.ts';
import { addFeedCommands } from './feed-commands.ts';
import { addHideCommands } from './hide-commands.ts';
import { addMemberCommands } from './member-commands.ts';

/** What `pnpm admin` does for feeds. */
export const addFeedsCommands: BuildProgram = (program, io) => {
  addApiKeyCommands(program, io);
  addMemberCommands(program, io);
  addHideCommands(program, io);
  addFeedCommands(program, io);
  addExplainCommand(program, io);
};
