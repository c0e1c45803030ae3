import type { Command } from '@updraft/command';
import { apiKeyCommands } from './api-key-commands.ts';
import { feedCommands } from './feed-commands.ts';
import { memberCommands } from './member-commands.ts';

/** The feed generator's part of `pnpm admin`. */
export const feedgenCommands: readonly Command[] = [...apiKeyCommands, ...memberCommands, ...feedCommands];
