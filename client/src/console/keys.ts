/** What a key does, by the bytes a terminal sends for it. Terminals differ, so several lead to one name. */
const KEYS = {
  enter: ['\r', '\n'],
  newline: ['\x1b\r', '\x1b\n', '\x1b[13;2u'],
  tab: ['\t'],
  backtab: ['\x1b[Z'],
  backspace: ['\x7f', '\b'],
  delete: ['\x1b[3~'],
  left: ['\x02', '\x1b[D', '\x1bOD'],
  right: ['\x06', '\x1b[C', '\x1bOC'],
  up: ['\x10', '\x1b[A', '\x1bOA'],
  down: ['\x0e', '\x1b[B', '\x1bOB'],
  home: ['\x01', '\x1b[H', '\x1bOH', '\x1b[1~', '\x1b[7~'],
  end: ['\x05', '\x1b[F', '\x1bOF', '\x1b[4~', '\x1b[8~'],
  wordLeft: ['\x1bb', '\x1b[1;5D', '\x1b[1;3D', '\x1bOd'],
  wordRight: ['\x1bf', '\x1b[1;5C', '\x1b[1;3C', '\x1bOc'],
  historyFirst: ['\x1b<'],
  historyLast: ['\x1b>'],
  killToEnd: ['\x0b'],
  killToStart: ['\x15'],
  killBlank: ['\x17'],
  killWord: ['\x1bd', '\x1b[3;5~'],
  killWordBefore: ['\x1b\x7f', '\x1b\b'],
  yank: ['\x19'],
  yankPop: ['\x1by'],
  transpose: ['\x14'],
  undo: ['\x1f', '\x18\x15'],
  search: ['\x12'],
  interrupt: ['\x03'],
  eof: ['\x04'],
  clear: ['\x0c'],
  cancel: ['\x07', '\x1b', '\x1b\x1b'],
} as const satisfies Record<string, readonly string[]>;
export type Key = keyof typeof KEYS;

const BY_BYTES = new Map<string, Key>(
  Object.entries(KEYS).flatMap(([key, all]) => all.map((bytes) => [bytes, key as Key] as const)),
);
export const keyOf = (bytes: string): Key | undefined => BY_BYTES.get(bytes);
