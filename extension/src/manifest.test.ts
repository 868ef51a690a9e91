import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const source = globSync('extension/src/**/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

interface Manifest {
  icon: string;
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string }[];
    menus: Record<string, { command: string }[]>;
    keybindings: { command: string }[];
    configuration: { properties: Record<string, { scope: string }> }[];
    viewsContainers: { activitybar: { icon: string }[] };
    walkthroughs: { steps: { description: string; media: { markdown: string } }[] }[];
  };
}
const { contributes } = manifest;
const declared = new Set(contributes.commands.map((one) => one.command));
const settings = Object.assign({}, ...contributes.configuration.map((one) => one.properties)) as Record<
  string,
  { scope: string }
>;

test('each declared command is implemented, and each implemented one declared', () => {
  const implemented = [...source.matchAll(/(?:\bid: |registerCommand\(\s*)'(farside\.\w+)'/g)].map(
    (m) => m[1],
  );
  expect([...new Set(implemented)].sort()).toEqual([...declared].sort());
});

test('menus, keys, walkthrough and code name commands that exist', () => {
  const menus = Object.values(contributes.menus).flat();
  const keys = contributes.keybindings.filter((key) => !key.command.startsWith('workbench.'));
  for (const { command } of [...menus, ...keys]) expect(declared).toContain(command);
  const words = contributes.walkthroughs.flatMap((one) => one.steps).map((step) => step.description);
  for (const [, command] of words.join('\n').matchAll(/\(command:(farside\.\w+)\)/g))
    expect(declared).toContain(command);
});

test('the settings that are read are those that are declared', () => {
  const read = [...source.matchAll(/\bget(?:<\w+>)?\('((?:run|sync|plots|jobs|localR)\.\w+)'/g)].map(
    (m) => `farside.${m[1]}`,
  );
  expect(read.length).toBeGreaterThan(0);
  for (const key of read) expect(Object.keys(settings)).toContain(key);
  for (const key of manifest.capabilities.untrustedWorkspaces.restrictedConfigurations)
    expect(Object.keys(settings)).toContain(key);
});

test('a workspace can not choose a server or a program, or lift the size limits', () => {
  for (const key of [
    'farside.servers',
    'farside.sync.maxFileMegabytes',
    'farside.sync.maxProjectMegabytes',
    'farside.localR.path',
  ])
    expect(settings[key]?.scope, key).toBe('machine');
});

test('pictures and pages are there', () => {
  const media = contributes.walkthroughs.flatMap((one) => one.steps).map((step) => step.media.markdown);
  const icons = contributes.viewsContainers.activitybar.map((one) => one.icon);
  for (const file of [manifest.icon, ...icons, ...media])
    expect(existsSync(join(root, file)), file).toBe(true);
});
