import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { FarsideError } from '@farside/protocol';
import { rEnvironment } from '../runtime/environment.ts';
import type { RInstallation } from '../runtime/findR.ts';
import type { SiteLibrary } from './siteLibrary.ts';

export interface InstallRequest {
  readonly site: SiteLibrary;
  readonly r: RInstallation;
  /** Names of packages, or source archives. */
  readonly packages: readonly string[];
  readonly repos?: string;
}

/** Arguments: the staged library, the site library, the repository or "", packages. A warning of R is a failure here. */
const SCRIPT = `
args <- commandArgs(TRUE)
wanted <- args[-(1:3)]
.libPaths(c(args[1], args[2], .libPaths()))
repos <- getOption("repos")
if (nzchar(args[3])) repos <- c(CRAN = args[3])
repos[repos == "@CRAN@"] <- "https://cloud.r-project.org"
if (any(grepl("/__linux__/", repos, fixed = TRUE)))
  options(HTTPUserAgent = sprintf("R/%s R (%s %s %s %s)", getRversion(), getRversion(), R.version$platform, R.version$arch, R.version$os))
options(repos = repos, warn = 1)
files <- file.exists(wanted) & grepl("[.]tar[.]gz$", wanted)
failed <- character()
install <- function(...) withCallingHandlers(
  utils::install.packages(..., lib = args[1]),
  warning = function(w) failed <<- c(failed, conditionMessage(w))
)
if (any(!files)) install(wanted[!files])
for (file in wanted[files]) install(file, repos = NULL, type = "source")
names <- c(wanted[!files], sub("_.*", "", basename(wanted[files])))
absent <- names[!file.exists(file.path(args[1], names, "Meta", "package.rds"))]
if (length(absent) > 0 || length(failed) > 0) {
  message("Not installed: ", paste(unique(c(absent, failed)), collapse = "; "))
  quit("no", 1L)
}
`;

/** Installs with R's own output on standard error as it comes; nothing is changed when one package fails. */
export async function installPackages({ site, r, packages, repos = '' }: InstallRequest): Promise<string[]> {
  const stage = site.stage();
  try {
    const wanted = packages.map((text) => (isFile(text) ? resolve(text) : text));
    const args = ['--no-save', '--no-restore', '--no-echo', '-e', SCRIPT, '--args'];
    const child = spawn(r.path, [...args, stage, site.dir, repos, ...wanted], {
      // What is only in the administrator's own library is not there for the sessions.
      env: rEnvironment({ R_LIBS: undefined, R_LIBS_USER: '/nonexistent' }),
      stdio: ['ignore', process.stderr, process.stderr],
    });
    const [status] = (await once(child, 'close')) as [number | null];
    if (status !== 0) throw new FarsideError('installFailed', { packages: packages.join(', ') });
    return site.publish(stage);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

const isFile = (text: string): boolean => statSync(text, { throwIfNoEntry: false })?.isFile() ?? false;
