import { join } from 'node:path';
import { build } from 'esbuild';

/** A page of the console, as src/pages.ts says it. */
export interface ListedPage {
  readonly name: string;
  readonly path: string;
  readonly part: 'public' | 'host' | 'operator';
  readonly service?: 'search' | 'feedgen';
}

/** All pages of the console, for programs without a browser. */
export async function listPages(): Promise<readonly ListedPage[]> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../src/pages.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.css': 'empty' },
    logLevel: 'silent', // errors are thrown
  });
  const [file] = outputFiles;
  const address = `data:text/javascript;base64,${Buffer.from(file?.contents ?? []).toString('base64')}`;
  return ((await import(address)) as { PAGES: readonly ListedPage[] }).PAGES;
}
