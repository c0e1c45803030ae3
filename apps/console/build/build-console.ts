import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';

const SOURCES = join(import.meta.dirname, '../src');

/** Bundles the console into `folder`: index.html, and assets whose names change with what is in them. All or nothing. */
export async function buildConsole(folder: string): Promise<void> {
  const work = `${folder}.building-${process.pid}`;
  try {
    await bundle(work);
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function bundle(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const options: BuildOptions = { ...SHARED, outdir: join(folder, 'assets') };
  const [pages, theme, style, icon] = await Promise.all([
    // A page's code comes when it is opened; styles are one file, so that none comes late.
    build({ ...options, ...input('main.tsx'), splitting: true, format: 'esm', loader: { '.css': 'empty' } }),
    build({ ...options, ...input('theme-script.ts'), format: 'iife' }),
    build({ ...options, ...(await styles()), entryNames: 'console-[hash]' }),
    build({ ...options, ...input('icon.svg'), loader: { '.svg': 'copy' } }),
  ]);
  await writeFile(
    join(folder, 'index.html'),
    pageOf({
      script: entryOf(pages.metafile, 'main.tsx'),
      theme: entryOf(theme.metafile, 'theme-script.ts'),
      style: entryOf(style.metafile, 'console'),
      icon: entryOf(icon.metafile, 'icon.svg'),
    }),
  );
}

const SHARED = {
  absWorkingDir: SOURCES,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  target: 'es2024',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  metafile: true,
  logLevel: 'silent', // errors are thrown
} as const;

function input(name: string): BuildOptions {
  return { entryPoints: [join(SOURCES, name)] };
}

/** console.css first: what pages say of themselves comes after it. */
async function styles(): Promise<BuildOptions> {
  const files = await readdir(SOURCES, { recursive: true });
  const own = files.filter((file) => file.endsWith('.css') && file !== 'console.css').toSorted();
  const contents = ['console.css', ...own].map((file) => `@import "./${file}";`).join('\n');
  return { stdin: { contents, loader: 'css', resolveDir: SOURCES, sourcefile: 'console' } };
}

function entryOf(metafile: Metafile | undefined, entry: string): string {
  const found = Object.entries(metafile?.outputs ?? {}).find(
    ([, { entryPoint }]) => entryPoint?.endsWith(entry) === true,
  );
  if (found === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  return `/console/assets/${basename(found[0])}`;
}

function pageOf({
  script,
  theme,
  style,
  icon,
}: Readonly<Record<'script' | 'theme' | 'style' | 'icon', string>>): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Updraft</title>
<link rel="icon" href="${icon}" type="image/svg+xml">
<script src="${theme}"></script>
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
</head>
<body>
<div id="console"></div>
<noscript>The console needs JavaScript. What it shows is JSON, at addresses that <a href="/openapi.json">/openapi.json</a> lists.</noscript>
</body>
</html>
`;
}
