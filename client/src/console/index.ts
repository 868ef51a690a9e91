export { RemoteConsole } from './remote.ts';
export type { ConsoleState, RemoteConsoleOptions } from './options.ts';
export { TerminalFilter } from './filter.ts';
export { completeness, type Completeness } from './lexer.ts';
export { BANNER, NO_LOCAL_R, isExit, wordIn, type Word } from './words.ts';
export { codePointWidth, graphemeWidth, type WidthOf } from './width.ts';
export type { ShowHandler, ShowRequest } from './shows.ts';
