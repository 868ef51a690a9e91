import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { sessionFiles } from '../files.ts';

/** How R ended, as its parent saw it. */
export interface Exit {
  readonly status?: number;
  readonly signal?: NodeJS.Signals;
}

/** A shell says 128 + n for signal n. */
const SIGNAL_BASE = 128;

/** Undefined when there is no record: the parent was killed too, or the machine stopped. */
export function readExit(dir: string): Exit | undefined {
  let text: string;
  try {
    text = readFileSync(sessionFiles(dir).exit, 'utf8').trim();
  } catch {
    return undefined;
  }
  return /^\d{1,3}$/.test(text) ? exitOf(Number(text)) : undefined;
}

/** What a shell's `$?` means. */
export function exitOf(code: number): Exit {
  const signal = Object.entries(constants.signals).find(([, n]) => n === code - SIGNAL_BASE)?.[0];
  return signal === undefined ? { status: code } : { signal: signal as NodeJS.Signals };
}
