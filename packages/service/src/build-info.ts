import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What a process runs: `version` of the project's package.json; `commit` and `builtAt` when it is an image. */
export type BuildInfo = Readonly<Record<string, string>>;

/** Reads it from the project's folder. What is missing or not readable is left out. */
export function readBuildInfo(projectRoot = join(import.meta.dirname, '../../..')): BuildInfo {
  return {
    ...readFields(join(projectRoot, 'package.json'), Version),
    ...readFields(join(projectRoot, 'build-info.json'), Build),
  };
}

const Version = z.object({ version: z.string() });
/** Written by the Dockerfile. */
const Build = z.object({ commit: z.string(), builtAt: z.string() });

function readFields(path: string, fields: z.ZodType<Record<string, string>>): Record<string, string> {
  try {
    return fields.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? {};
  } catch {
    return {};
  }
}
