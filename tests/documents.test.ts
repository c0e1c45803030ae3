import { access, readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...(await readdir(join(root, 'docs'))).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** What stands for any name. */
const hasPlaceholder = (path: string) => /[<>*{}…]|NNNN|NAME/.test(path);

test.each(documents)('every path of the tree that %s names is there', async (document) => {
  const text = await readFile(join(root, document), 'utf8');
  const named = [
    ...text.matchAll(/`((?:apps|packages|docs|tests|migrations|config|deploy|scripts|bench)\/[\w./<>*{}…-]+)`/g),
  ].map(([, path = '']) => path);
  const missing: string[] = [];
  for (const path of named) if (!hasPlaceholder(path) && !(await isThere(join(root, path)))) missing.push(path);
  expect(missing).toEqual([]);
});

/** Paths of the tree's files, without what an installation adds. */
async function treeFiles(folder = root): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const own = entries.filter(({ name }) => !/^\.(?!github)|^node_modules$/.test(name));
  const found = own.map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? await treeFiles(path) : [relative(root, path)];
  });
  return (await Promise.all(found)).flat();
}

test.each(documents)('every file that %s names by the end of its path is there', async (document) => {
  const files = (await treeFiles()).map((path) => `/${path}`);
  const text = await readFile(join(root, document), 'utf8');
  const named = [...text.matchAll(/`([\w./<>*{}…-]+\.(?:ts|mjs|sh))`/g)].map(([, path = '']) => path);
  const isKnown = (path: string) => hasPlaceholder(path) || files.some((file) => file.endsWith(`/${path}`));
  expect(named.filter((path) => !isKnown(path))).toEqual([]);
});

test.each(documents)('every document that %s links to is there', async (document) => {
  const text = await readFile(join(root, document), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, path = '']) => path);
  const missing: string[] = [];
  for (const path of links) if (!(await isThere(resolve(root, document, '..', path)))) missing.push(path);
  expect(missing).toEqual([]);
});

/** The anchors that the hosting site gives the headings of a document. */
async function anchorsOf(path: string): Promise<Set<string>> {
  const text = await readFile(path, 'utf8');
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

test.each(documents)('every section that %s links to is there', async (document) => {
  const text = await readFile(join(root, document), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)];
  const missing: string[] = [];
  for (const [, path = '', anchor = ''] of links) {
    const anchors = await anchorsOf(path === '' ? join(root, document) : resolve(root, document, '..', path));
    if (!anchors.has(anchor)) missing.push(`${path}#${anchor}`);
  }
  expect(missing).toEqual([]);
});

test('every variable of the examples in env is explained in a document', async () => {
  const texts = (await Promise.all(documents.map((name) => readFile(join(root, name), 'utf8')))).join('\n');
  const examples = (await readdir(join(root, 'env'))).filter((name) => name.endsWith('.env.example'));
  const settings = await Promise.all(examples.map((name) => readFile(join(root, 'env', name), 'utf8')));
  const names = [...settings.join('\n').matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(40);
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(texts))).toEqual([]);
});

test('the map of CONTRIBUTING names enough of the tree to be one', async () => {
  const text = await readFile(join(root, 'CONTRIBUTING.md'), 'utf8');
  expect([...text.matchAll(/`(?:apps|packages)\/[\w./-]+`/g)].length).toBeGreaterThan(7);
});
