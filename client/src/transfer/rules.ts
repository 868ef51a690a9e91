import ignore, { type Ignore } from 'ignore';

/** Never sent, whatever is said: other systems' copies of what the server makes itself, and version control. */
const ALWAYS_OUT = [
  '.git',
  '.svn',
  '.hg',
  '.Rproj.user',
  'node_modules',
  '.DS_Store',
  'renv/library',
  'packrat/lib*',
];

export const RULE_FILES = ['.gitignore', '.farsideignore'] as const;

interface Level {
  /** Folder of the rule files with a slash at the end; '' for the root. */
  readonly base: string;
  readonly git: Ignore;
  readonly farside: Ignore;
}

/** `asked`: left out by .gitignore, but .farsideignore says `!`: the user decides. */
export type Verdict = 'in' | 'out' | 'asked';

/** The rules that hold in one folder: those of the folders above it and its own; the nearest that matches decides. */
export class Rules {
  readonly #levels: readonly Level[];
  readonly #always: Ignore;
  /** Some .farsideignore takes files back in, so ignored folders have to be looked into. */
  readonly takesBack: boolean;

  private constructor(levels: readonly Level[], always: Ignore, takesBack: boolean) {
    this.#levels = levels;
    this.#always = always;
    this.takesBack = takesBack;
  }

  static root(): Rules {
    return new Rules([], ignore().add(ALWAYS_OUT), false);
  }

  /** With the rule files of a folder. */
  within(folder: string, files: { readonly git?: string; readonly farside?: string }): Rules {
    if (files.git === undefined && files.farside === undefined) return this;
    const level: Level = {
      base: folder ? `${folder}/` : '',
      git: ignore().add(files.git ?? ''),
      farside: ignore().add(files.farside ?? ''),
    };
    const takesBack = this.takesBack || /^!/m.test(files.farside ?? '');
    return new Rules([...this.#levels, level], this.#always, takesBack);
  }

  /** Whether nothing below may go, not even by `!`. */
  isNever(path: string, folder: boolean): boolean {
    return this.#always.ignores(folder ? `${path}/` : path);
  }

  /** `parentOut`: an enclosing folder is ignored. */
  verdict(path: string, folder: boolean, parentOut: boolean): Verdict {
    const name = folder ? `${path}/` : path;
    const git = this.#last('git', name) ?? (parentOut ? 'ignored' : undefined);
    const farside = this.#last('farside', name);
    if (farside === 'ignored') return 'out';
    if (git !== 'ignored') return 'in';
    return farside === 'taken' ? 'asked' : 'out';
  }

  #last(kind: 'git' | 'farside', name: string): 'ignored' | 'taken' | undefined {
    let said: 'ignored' | 'taken' | undefined;
    for (const level of this.#levels) {
      const { ignored, unignored } = level[kind].test(name.slice(level.base.length));
      if (ignored) said = 'ignored';
      else if (unignored) said = 'taken';
    }
    return said;
  }
}
