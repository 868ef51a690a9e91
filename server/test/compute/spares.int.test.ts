import { mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gone, startNode, type TestNode } from './node.ts';
import { StreamReader } from './reader.ts';

const MIB = 1024 * 1024;
let node: TestNode;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node.dispose());

/** Resolves when a spare is ready; a node tells nobody, so this looks. */
async function spareReady(): Promise<number> {
  while ((await node.client.health()).spares < 1) await new Promise((resolve) => setTimeout(resolve, 20));
  return sparePids()[0] ?? 0;
}

/** The R processes that wait in this data directory. */
function sparePids(): number[] {
  const inSpare = (pid: string): boolean =>
    link(`/proc/${pid}/cwd`).startsWith(join(node.dataDir, 'sessions', '.spare-')) &&
    link(`/proc/${pid}/exe`).endsWith('/R');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && inSpare(name))
    .map(Number);
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

const pidOf = async (id: string): Promise<number> => (await node.client.get(id)).hello?.pid ?? 0;

/** Everything a session can see of its start; what differs between any two sessions is left out. */
const SEEN = `local({
  print(sessionInfo()); print(search()); print(sort(loadedNamespaces())); print(commandArgs())
  e <- Sys.getenv(); print(as.list(e)[setdiff(sort(names(e)), "R_SESSION_TMPDIR")])
  o <- options(); o$device <- is.function(o$device); o <- o[!vapply(o, is.function, NA)]; print(o)
  cat(basename(getwd()), exists(".Random.seed", globalenv()), ls(globalenv(), all.names = TRUE), "\\n")
  cat(Sys.umask(), dirname(tempdir()), dir.exists(tempdir()), Sys.timezone(), Sys.getlocale(), "\\n")
  cat(identical(Sys.getenv("R_SESSION_TMPDIR"), tempdir()), nrow(showConnections()), .libPaths(), "\\n")
  cat(basename(normalizePath(Sys.getenv("PWD"))), isatty(stdin()), interactive(), dev.cur(), "\\n")
  f <- readLines("/proc/self/limits"); cat(f, sep = "\\n")
  s <- readLines("/proc/self/status"); cat(grep("^Sig(Blk|Ign|Cgt)|^Threads", s, value = TRUE), sep = "\\n")
  cat(sort(sub("/\\\\[?[0-9]+\\\\]?$", "", sub(":\\\\[[0-9]+\\\\]", "", sub("/sessions/.*|/Rtmp.*", "", Sys.readlink(list.files("/proc/self/fd", full.names = TRUE)))))), sep = "\\n")
  cat(deparse(traceback()), file.exists("from-profile"), "\\n")
})`;

const PROFILE = `
options(from.profile = getwd(), digits = 6)
profile_saw <- list(search = search(), wd = basename(getwd()), args = commandArgs(), tmp = dirname(tempdir()))
invisible(file.create("from-profile"))
.First <- function() cat("first", basename(getwd()), "\\n")
cat("in profile\\n")
`;

async function seen(id: string, workdir: string): Promise<{ text: string; pid: number; start: string }> {
  const more = { columns: 90, workdir, memoryLimit: 3000 * MIB };
  await node.client.create({ id, name: id, owner: 'tester', ...more });
  const reader = await StreamReader.attach(node.client, id);
  await reader.until(({ type }) => type === 'P');
  const start = reader.text;
  const script = join(node.dataDir, 'seen.R');
  writeFileSync(script, SEEN);
  const text = await reader.run(`source("${script}"); print(profile_saw)`);
  reader.stream.destroy();
  const pid = await pidOf(id);
  await node.client.end(id);
  const own = [String(pid), join('sessions', id), /0x[0-9a-f]+/g];
  return { text: own.reduce<string>((rest, its) => rest.replaceAll(its, 'ITS OWN'), text), pid, start };
}

describe('a spare worker', () => {
  beforeEach(() => node.client.configure({ spares: 1 }));

  it('is like an R that was started for the session', async () => {
    const workdir = join(node.dataDir, 'work', 'same');
    mkdirSync(workdir, { recursive: true });
    writeFileSync(join(workdir, '.Rprofile'), PROFILE);
    await node.client.configure({ spares: 0 });
    const cold = await seen('cold', workdir);
    rmSync(join(workdir, 'from-profile'));
    await node.client.configure({ spares: 1 });
    const waiting = await spareReady();
    const spare = await seen('warm', workdir);
    expect(spare.pid).toBe(waiting);
    expect(spare.start).toBe('in profile\nfirst same \n');
    expect(spare.start).toBe(cold.start);
    expect(spare.text).toBe(cold.text);
    expect(spare.text).toContain('Max address space');
  });

  it('names temporary files by itself and has random numbers of its own', async () => {
    const seeds = new Set<string>();
    for (const id of ['random1', 'random2']) {
      const pid = await spareReady();
      const reader = await StreamReader.attach(node.client, await node.session(id));
      expect(await pidOf(id)).toBe(pid);
      seeds.add(await reader.run('cat(basename(tempfile()), runif(1))'));
      reader.stream.destroy();
    }
    expect(seeds.size).toBe(2);
  });

  it('is not taken where R would start differently', async () => {
    const pid = await spareReady();
    const workdir = join(node.dataDir, 'work', 'environ');
    mkdirSync(workdir, { recursive: true });
    writeFileSync(join(workdir, '.Renviron'), 'FROM_RENVIRON=yes\n');
    const reader = await StreamReader.attach(node.client, await node.session('environ'));
    expect(await reader.run('cat(Sys.getenv("FROM_RENVIRON"))')).toBe('yes');
    reader.stream.destroy();
    expect(await pidOf('environ')).not.toBe(pid);
    expect(sparePids()).toContain(pid);
  });

  it('is replaced when it dies, and ends when the node does, however that ends', async () => {
    const first = await spareReady();
    process.kill(first, 'SIGKILL');
    await gone(first);
    const second = await spareReady();
    expect(second).not.toBe(first);
    const served = node.pid();
    process.kill(served, 'SIGKILL');
    await gone(second);
    await gone(served);
    await node.client.health();
    expect(readdirSync(join(node.dataDir, 'sessions')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('goes when none are wanted', async () => {
    const pid = await spareReady();
    await node.client.configure({ spares: 0 });
    await gone(pid);
    expect(readdirSync(join(node.dataDir, 'sessions')).filter((name) => name.startsWith('.'))).toEqual([]);
    expect((await node.client.health()).spares).toBe(0);
  });

  it('fails as R does when its profile fails, and its session is over', async () => {
    await spareReady();
    const workdir = join(node.dataDir, 'work', 'quits');
    mkdirSync(workdir, { recursive: true });
    writeFileSync(join(workdir, '.Rprofile'), 'quit("no", 7)\n');
    await expect(node.session('quits')).rejects.toMatchObject({ code: 'sessionStartFailed' });
    expect((await node.client.get('quits')).state).toMatchObject({ final: { cause: 'quit', status: 7 } });
  });
});
