/**
 * Lets through of a session's output what a terminal may do for text (colours, cursor moves, erasing, links to the
 * web) and drops what acts on the terminal itself: clipboard, titles, fake shell integration, queries whose answer
 * would be typed into R, modes. Sequences may be cut anywhere between two pieces.
 */
export class TerminalFilter {
  #state: State = { in: 'ground' };

  /** Forgets a sequence that was begun; called at a prompt, so that a broken one does not swallow what follows. */
  reset(): void {
    this.#state = { in: 'ground' };
  }

  pass(text: string): string {
    if (this.#state.in === 'ground' && !SPECIAL.test(text)) return text;
    let out = '';
    for (const c of text) {
      const step = next(this.#state, c);
      this.#state = step.state;
      if (step.out) out += step.out;
    }
    return out;
  }
}

type State =
  | { readonly in: 'ground' }
  | { readonly in: 'escape' }
  /** ESC and an intermediate: one more character ends it. */
  | { readonly in: 'escapeIntermediate' }
  | { readonly in: 'csi'; readonly text: string }
  | { readonly in: 'osc'; readonly text: string; readonly escape: boolean }
  /** DCS, SOS, PM, APC: dropped to their end. */
  | { readonly in: 'string'; readonly length: number; readonly escape: boolean };

interface Step {
  readonly state: State;
  readonly out?: string;
}

const GROUND: State = { in: 'ground' };

const SPECIAL = /[\x00-\x06\x0e-\x1f\x7f-\x9f]/;
/** A longer one is not meant for a terminal. */
const CSI_LIMIT = 64;
/** Longest link kept while its end has not come. */
const OSC_LIMIT = 4096;
/** An unfinished string that is longer than this was none: what follows is shown again. */
const STRING_LIMIT = 4 * 1024 * 1024;
/** Colours, cursor moves, erasing (not the scroll-back), inserting and deleting. */
const CSI_ALLOWED = /^(?:[\d;:]*[mABCDEFGHfKXPLM@Sd`]|[012]?J|\?25[hl])$/;
/** A link to the web, or its end. */
const LINK = /^8;[^;]*;(?:https?:\/\/[\x21-\x7e]*|mailto:[\x21-\x7e]*)?$/;
const STRING_STARTS = 'PX^_';
const C1: Readonly<Record<string, string>> = {
  '\x9b': '[',
  '\x9d': ']',
  '\x90': 'P',
  '\x98': 'X',
  '\x9e': '^',
  '\x9f': '_',
};

function next(state: State, c: string): Step {
  switch (state.in) {
    case 'ground':
      return ground(c);
    case 'escape':
      return escape(c);
    case 'escapeIntermediate':
      return c >= ' ' && c <= '/' ? { state } : { state: GROUND, ...(c < ' ' ? ground(c) : {}) };
    case 'csi':
      return csi(state.text, c);
    case 'osc':
      return osc(state, c);
    case 'string':
      return string(state, c);
  }
}

function ground(c: string): Step {
  if (c === '\x1b') return { state: { in: 'escape' } };
  const introducer = C1[c];
  if (introducer) return escape(introducer);
  // Bell, backspace, tab, line feeds and carriage return are text; the other controls are not.
  if ((c < ' ' && !(c >= '\x07' && c <= '\r')) || (c >= '\x7f' && c <= '\x9f')) return { state: GROUND };
  return { state: GROUND, out: c };
}

function escape(c: string): Step {
  if (c === '[') return { state: { in: 'csi', text: '' } };
  if (c === ']') return { state: { in: 'osc', text: '', escape: false } };
  if (STRING_STARTS.includes(c)) return { state: { in: 'string', length: 0, escape: false } };
  if (c >= ' ' && c <= '/') return { state: { in: 'escapeIntermediate' } };
  if (c === '7' || c === '8') return { state: GROUND, out: `\x1b${c}` };
  return isControl(c) ? ground(c) : { state: GROUND };
}

function csi(soFar: string, c: string): Step {
  if (isControl(c)) return ground(c);
  const text = soFar + c;
  if (c >= '@' && c <= '~') return { state: GROUND, out: CSI_ALLOWED.test(text) ? `\x1b[${text}` : '' };
  return { state: { in: 'csi', text: text.length > CSI_LIMIT ? 'x' : text } };
}

function osc(state: State & { in: 'osc' }, c: string): Step {
  if (c === '\x07' || c === '\x9c' || (state.escape && c === '\\'))
    return { state: GROUND, out: LINK.test(state.text) ? `\x1b]${state.text}\x1b\\` : '' };
  // Escape that is no end begins something new, as in terminals.
  if (state.escape) return escape(c);
  if (c === '\x1b') return { state: { ...state, escape: true } };
  if (c === '\x18' || c === '\x1a') return { state: GROUND };
  const text = state.text + c;
  if (text.length > OSC_LIMIT) return { state: { in: 'string', length: text.length, escape: false } };
  return { state: { ...state, text } };
}

function string(state: State & { in: 'string' }, c: string): Step {
  if (c === '\x07' || c === '\x9c' || (state.escape && c === '\\')) return { state: GROUND };
  if (state.escape) return escape(c);
  if (c === '\x1b') return { state: { ...state, escape: true } };
  if (c === '\x18' || c === '\x1a' || state.length > STRING_LIMIT) return { state: GROUND };
  return { state: { ...state, length: state.length + 1 } };
}

const isControl = (c: string): boolean => c < ' ' || (c >= '\x7f' && c <= '\x9f');
