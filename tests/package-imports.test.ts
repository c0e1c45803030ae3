import { glob, readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

interface Package {
  /** Such as `apps/admin`. */
  readonly folder: string;
  readonly name: string;
  readonly dependencies: readonly string[];
}

async function readPackages(): Promise<Package[]> {
  const packages: Package[] = [];
  for await (const path of glob('{apps,packages}/*/package.json', { cwd: root })) {
    const { name, dependencies = {}, devDependencies = {} } = JSON.parse(await readFile(join(root, path), 'utf8'));
    packages.push({
      folder: resolve('/', path, '..').slice(1),
      name,
      dependencies: Object.keys({ ...dependencies, ...devDependencies }),
    });
  }
  return packages;
}

/** Folders of the packages that a package's modules import, by name or by path. */
async function importedFolders(importer: Package, packages: readonly Package[]): Promise<Set<string>> {
  const folders = new Set<string>();
  for await (const path of glob(`${importer.folder}/src/**/*.ts`, { cwd: root })) {
    const text = await readFile(join(root, path), 'utf8');
    for (const [, module = ''] of text.matchAll(/(?:from|import|import\()\s*'([^']+)'/g)) {
      const target = module.startsWith('.') ? relative(root, resolve(root, path, '..', module)) : undefined;
      const found = packages.find(({ folder, name }) =>
        target === undefined ? module === name || module.startsWith(`${name}/`) : target.startsWith(folder + sep),
      );
      if (found !== undefined) folders.add(found.folder);
    }
  }
  return folders;
}

test('no package imports an app, and so no app another app', async () => {
  const packages = await readPackages();
  expect(packages.map(({ folder }) => folder)).toEqual(expect.arrayContaining(['apps/admin', 'packages/store']));
  const faults: string[] = [];
  for (const importer of packages) {
    const named = packages.filter(({ name }) => importer.dependencies.includes(name)).map(({ folder }) => folder);
    const targets = new Set([...named, ...(await importedFolders(importer, packages))]);
    targets.delete(importer.folder);
    for (const target of targets) if (target.startsWith('apps/')) faults.push(`${importer.folder} → ${target}`);
  }
  expect(faults).toEqual([]);
});

test('the simulator, which proves the other packages, imports only the format of segments', async () => {
  const packages = await readPackages();
  const simulator = packages.find(({ folder }) => folder === 'packages/simulator');
  expect(simulator).toBeDefined();
  if (simulator === undefined) return;
  expect(simulator.dependencies.filter((name) => name.startsWith('@updraft/'))).toEqual(['@updraft/jetstream']);
  expect([...(await importedFolders(simulator, packages))].filter((folder) => folder !== simulator.folder)).toEqual([
    'packages/jetstream',
  ]);
});
