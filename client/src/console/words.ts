/** Words that the console understands itself, as in the original. They are no R functions. */
const WORDS = /^\s*(exit|pause\(\)|resume\(\))\s*$/;
export type Word = 'exit' | 'pause()' | 'resume()';

export const wordIn = (line: string): Word | undefined => WORDS.exec(line)?.[1] as Word | undefined;

/** Said in answer to pause() and resume() while there is no local R to switch to. */
export const NO_LOCAL_R =
  'Local R in this terminal comes with a later version. This terminal stays with the remote session; type exit to end it.';

/** The original's banner, with the words that work. */
export const BANNER = [
  'Your REMOTE R session is now active.',
  'Commands:',
  '        - exit to leave (and terminate) remote session.',
  '',
].join('\n');
