import type { REnvironment } from '@farside/protocol';
import { run } from '../runtime/run.ts';

/** Tab-separated: names and versions hold no tabs. The library of a package seen first is the one R loads. */
const SCRIPT = `
cat(R.version.string, R.version$platform, sep = "\\n")
ip <- installed.packages(fields = "Version")
ip <- ip[!duplicated(ip[, "Package"]), , drop = FALSE]
ip <- ip[order(ip[, "Package"], method = "radix"), , drop = FALSE]
cat("", paste(ip[, "Package"], ip[, "Version"], sep = "\\t"), sep = "\\n")
`;

/** R and packages of this machine; undefined when there is no R. */
export async function localEnvironment(rscript = 'Rscript'): Promise<REnvironment | undefined> {
  const { status, stdout } = await run(rscript, ['-e', SCRIPT]);
  if (status !== 0) return undefined;
  const [version = '', platform = '', ...lines] = stdout.split('\n');
  const packages = lines.filter(Boolean).map((line) => {
    const [name = '', number = ''] = line.split('\t');
    return { name, version: number };
  });
  return { version, platform, packages };
}
