import type { Command } from 'commander';
import { FarsideError } from '@farside/protocol';
import { columns } from '../cli/columns.ts';
import { SiteLibrary, siteLibraryOf } from '../library/siteLibrary.ts';
import { installPackages } from '../library/install.ts';
import { findR, type RInstallation } from '../runtime/findR.ts';
import { tryLock } from '../runtime/lock.ts';

interface Options {
  readonly dataDir: string;
  readonly r?: string;
  readonly repos?: string;
  readonly json?: boolean;
}

/** `farside library`: packages for all sessions of a server, served or not. */
export function libraryCommand(program: Command): void {
  const library = program
    .command('library')
    .description('Manage the R packages that all sessions of a server have.');
  const sub = (usage: string, description: string): Command =>
    library
      .command(usage)
      .description(description)
      .requiredOption('--data-dir <dir>', 'the data directory of the server')
      .option('--r <path>', 'the R of the server: program or R_HOME');

  sub('install <package...>', 'Install packages, or source archives, with what they need; all or nothing.')
    .option('--repos <url>', 'where packages come from (default: R’s own setting)')
    .action((packages: string[], options: Options) =>
      withLibrary(options, async (site, r) => {
        const names = await installPackages({ site, r, packages, repos: options.repos });
        say(`Installed for all sessions: ${names.join(', ')}`);
      }),
    );
  sub('list', 'List the packages.')
    .option('--json', 'as JSON')
    .action((options: Options) =>
      withLibrary(options, (site) => {
        const all = site.list();
        if (options.json) return say(JSON.stringify(all, null, 2));
        if (all.length === 0) return say('There are no packages.');
        const rows = all.map(({ name, version, built }) => [name, version, built]);
        process.stdout.write(columns([['PACKAGE', 'VERSION', 'BUILT'], ...rows]));
      }),
    );
  sub('remove <package...>', 'Remove packages; sessions that have loaded one keep it.').action(
    (packages: string[], options: Options) =>
      withLibrary(options, (site) => {
        const here = new Set(site.list().map(({ name }) => name));
        const absent = packages.filter((name) => !here.has(name));
        if (absent.length > 0)
          throw new FarsideError('notFound', { what: `package "${absent.join('", "')}" in the library` });
        for (const name of packages) site.remove(name);
        say(`Removed: ${packages.join(', ')}`);
      }),
  );
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** One command at a time. */
async function withLibrary(
  options: Options,
  work: (site: SiteLibrary, r: RInstallation) => Promise<void> | void,
): Promise<void> {
  const r = await findR(options.r);
  const site = new SiteLibrary(siteLibraryOf(options.dataDir, r.version));
  const lock = tryLock(`${site.dir}.lock`);
  if (!lock) throw new FarsideError('libraryBusy', { dir: site.dir });
  try {
    site.tidy();
    await work(site, r);
  } finally {
    lock.release();
  }
}
