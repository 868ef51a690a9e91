import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from '../../src/runtime/run.ts';

/** A repository of tiny packages on this disk. `needs`: packages it depends on. */
export interface Repository {
  readonly url: string;
  /** Adds a package whose function `who()` gives "<name> <version>"; a newer version replaces the older one. */
  add(name: string, version: string, more?: { needs?: string; code?: string }): Promise<string>;
}

export function makeRepository(dir: string): Repository {
  const contrib = join(dir, 'src', 'contrib');
  mkdirSync(contrib, { recursive: true });
  return {
    url: pathToFileURL(dir).href,
    async add(name, version, { needs, code = '' } = {}) {
      const source = join(dir, 'sources', name);
      rmSync(source, { recursive: true, force: true });
      mkdirSync(join(source, 'R'), { recursive: true });
      const fields = {
        Package: name,
        Version: version,
        Title: 'A Test',
        Description: 'A test.',
        License: 'MIT',
        Author: 'Nobody',
        Maintainer: 'Nobody <nobody@example.org>',
        ...(needs !== undefined && { Imports: needs }),
      };
      const lines = Object.entries(fields).map(([key, value]) => `${key}: ${value}\n`);
      writeFileSync(join(source, 'DESCRIPTION'), lines.join(''));
      writeFileSync(join(source, 'NAMESPACE'), 'export(who)\n');
      writeFileSync(join(source, 'R', 'who.R'), `who <- function() "${name} ${version}"\n${code}\n`);
      const built = await run('R', ['CMD', 'build', '--no-build-vignettes', source], { cwd: contrib });
      if (built.status !== 0) throw new Error(built.stdout + built.stderr);
      const index = `tools::write_PACKAGES("${contrib}", type = "source", latestOnly = TRUE)`;
      const written = await run('Rscript', ['-e', index]);
      if (written.status !== 0) throw new Error(written.stderr);
      return join(contrib, `${name}_${version}.tar.gz`);
    },
  };
}
