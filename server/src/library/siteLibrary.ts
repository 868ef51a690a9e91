import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { basename, join } from 'node:path';

const DIRECTORY_MODE = 0o700;
/** A package that was replaced stays so long on the disk: R that has loaded it reads from it when it needs more. */
const KEEP_REPLACED_MS = 7 * 24 * 60 * 60_000;

/** "4.2" of "4.2.3": packages built for the one work with the other. */
export const rSeries = (version: string): string => version.split('.').slice(0, 2).join('.');

/** Where the administrator's packages are, for one R. */
export const siteLibraryOf = (dataDir: string, rVersion: string): string =>
  join(dataDir, 'library', rSeries(rVersion));

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly built: string;
}

/**
 * A library that all sessions see. Each package in it is a link to a directory that never changes, so that a package
 * is replaced or removed in one step, also under sessions that have loaded it.
 */
export class SiteLibrary {
  readonly dir: string;
  readonly #store: string;

  constructor(dir: string) {
    this.dir = dir;
    this.#store = `${dir}.packages`;
    mkdirSync(dir, { recursive: true, mode: DIRECTORY_MODE });
    mkdirSync(this.#store, { recursive: true, mode: DIRECTORY_MODE });
  }

  /** An empty library to install into. */
  stage(): string {
    return mkdtempSync(join(this.#store, '.new-'));
  }

  /** Puts all packages of a staged library in place; their names. */
  publish(stage: string): string[] {
    const names = packageNames(stage);
    for (const name of names) {
      const kept = join(this.#store, `${name}-${randomBytes(6).toString('hex')}`);
      renameSync(join(stage, name), kept);
      this.#replaced(name);
      const link = join(this.dir, `.link-${basename(kept)}`);
      symlinkSync(kept, link);
      renameSync(link, join(this.dir, name));
    }
    rmSync(stage, { recursive: true, force: true });
    return names;
  }

  /** False when it is not there. */
  remove(name: string): boolean {
    if (!this.list().some((installed) => installed.name === name)) return false;
    this.#replaced(name);
    rmSync(join(this.dir, name), { force: true });
    return true;
  }

  list(): InstalledPackage[] {
    return packageNames(this.dir).map((name) => describe(join(this.dir, name), name));
  }

  /** Deletes what killed commands left, and what was replaced long ago. */
  tidy(now = Date.now()): void {
    for (const name of readdirSync(this.dir).filter((entry) => entry.startsWith('.link-')))
      rmSync(join(this.dir, name), { force: true });
    const used = new Set(packageNames(this.dir).map((name) => linkOf(join(this.dir, name))));
    for (const name of readdirSync(this.#store)) {
      const path = join(this.#store, name);
      const old = now - statSync(path).mtimeMs > KEEP_REPLACED_MS;
      if (name.startsWith('.') || (!used.has(path) && old)) rmSync(path, { recursive: true, force: true });
    }
  }

  /** From now on counts how long it is kept. */
  #replaced(name: string): void {
    const path = linkOf(join(this.dir, name));
    if (path && existsSync(path)) utimesSync(path, new Date(), new Date());
  }
}

/** Directories that hold a whole package. */
function packageNames(library: string): string[] {
  return readdirSync(library)
    .filter((name) => !name.startsWith('.') && existsSync(join(library, name, 'Meta', 'package.rds')))
    .sort();
}

function linkOf(path: string): string | undefined {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink ? readlinkSync(path) : undefined;
}

function describe(path: string, name: string): InstalledPackage {
  const text = readFileSync(join(path, 'DESCRIPTION'), 'utf8');
  const field = (key: string): string => new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  return { name, version: field('Version'), built: field('Built').split(';')[0] ?? '' };
}
