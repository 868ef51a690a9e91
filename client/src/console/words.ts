/** Words that the console understands itself, as in the original. They are no R functions. */
const WORDS = /^\s*(exit|pause\(\)|resume\(\)|remoteLogout\(\))\s*;?\s*(?:#.*)?$/;
export type Word = 'exit' | 'pause()' | 'resume()' | 'remoteLogout()';

export const wordIn = (line: string): Word | undefined => WORDS.exec(line)?.[1] as Word | undefined;

/** Said in answer to pause() and resume() while there is no local R to switch to. */
export const NO_LOCAL_R =
  'There is no local R in this terminal: it stays with the remote session. Type exit to end that.';

/** The session is to be ended. */
export const isExit = (word: Word | undefined): boolean => word === 'exit' || word === 'remoteLogout()';

/** The original's banner, with the words that work. */
export const BANNER = [
  'Your REMOTE R session is now active.',
  'Commands:',
  '        - exit to leave (and terminate) remote session.',
  '',
].join('\n');
