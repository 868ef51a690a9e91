import { readFileSync } from 'node:fs';
import type { Final } from '@farside/protocol';
import type { Logger } from 'pino';
import { sessionFiles } from '../files.ts';
import { writeFinal } from '../journal/recover.ts';
import { causeOfDeath, type Death } from './cause.ts';

const STARTUP_TEXT_CHARS = 2_000;

/**
 * Writes the final record that a worker could not write, and returns it. A full disk does not keep a session
 * from being over.
 */
export async function writeLastWord(dir: string, cursor: number, death: Death, log: Logger): Promise<Final> {
  const { journal, tail, startupLog } = sessionFiles(dir);
  const final = causeOfDeath({ ...death, startupText: death.starting ? endOf(startupLog) : undefined });
  log.warn({ final }, 'worker died');
  try {
    await writeFinal(journal, tail, cursor, final);
  } catch (err) {
    log.error({ err }, 'the final record could not be written');
  }
  return final;
}

function endOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(-STARTUP_TEXT_CHARS);
  } catch {
    return '';
  }
}
