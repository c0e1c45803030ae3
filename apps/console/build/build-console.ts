import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

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
  const { metafile } = await build({
    entryPoints: [join(SOURCES, 'main.tsx')],
    outdir: join(folder, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true, // a page's code comes when it is opened
    format: 'esm',
    target: 'es2024',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    metafile: true,
    logLevel: 'silent', // errors are thrown
  });
  const [script, { cssBundle = '' } = {}] =
    Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint?.endsWith('main.tsx') === true) ?? [];
  await writeFile(join(folder, 'index.html'), pageOf(basename(script ?? ''), basename(cssBundle)));
}

function pageOf(script: string, style: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Updraft</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/console/assets/${style}">
<script type="module" src="/console/assets/${script}"></script>
</head>
<body>
<div id="console"></div>
<noscript>The console needs JavaScript. The same numbers are JSON at <a href="/stats">/stats</a>.</noscript>
</body>
</html>
`;
}
