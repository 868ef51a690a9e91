import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const KEPT_LINES = 2000;

function historyPath(): string {
  const base = process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return join(base, 'farside', 'history.json');
}

/** Lines typed in earlier consoles, the newest last. A file that can not be read is no reason not to start. */
export async function loadHistory(): Promise<string[]> {
  try {
    const lines: unknown = JSON.parse(await readFile(historyPath(), 'utf8'));
    return Array.isArray(lines) ? lines.filter((line) => typeof line === 'string') : [];
  } catch {
    return [];
  }
}

/** Keeps the newest lines, readable by this user only: they may hold what was typed by mistake. */
export async function saveHistory(lines: readonly string[]): Promise<void> {
  const path = historyPath();
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, JSON.stringify(lines.slice(-KEPT_LINES)), { mode: 0o600 });
  } catch {
    // Not worth more than the loss of the history.
  }
}
