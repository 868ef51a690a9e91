import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The page of the command line: what the program itself says, command by command. */
export function renderCli(root: string): string {
  const help = (...command: string[]): string => {
    const args = [join(root, 'server', 'src', 'main.ts'), 'help', ...command];
    // Wide enough that commander wraps nothing, so that the page does not depend on the terminal.
    const env = { ...process.env, NO_COLOR: '1', COLUMNS: '200' };
    return spawnSync(process.execPath, args, { encoding: 'utf8', env }).stdout;
  };
  const section = (title: string, text: string): string =>
    `## ${title}\n\n\`\`\`\n${text.trimEnd()}\n\`\`\`\n`;
  const overview = help();
  const sections = commandsIn(overview).map((name) => {
    const text = help(name);
    const below = commandsIn(text).map((sub) => section(`farside ${name} ${sub}`, help(name, sub)));
    return [section(`farside ${name}`, text), ...below].join('\n');
  });
  return `# The command line

From a checkout the program runs as \`npx farside\`. Clients read \`FARSIDE_URL\`, \`FARSIDE_USER\`, \`FARSIDE_PASSWORD\` and
\`FARSIDE_TOKEN\` from the environment where flags are missing; \`farside serve\` reads \`FARSIDE_ADMIN_PASSWORD\` at its first start.

${section('farside', overview)}
${sections.join('\n')}`;
}

/** Names below "Commands:" in a help text; `help` itself is left out. */
function commandsIn(text: string): string[] {
  const list = /^Commands:\n((?: {2}.*\n?)*)/m.exec(text)?.[1] ?? '';
  const names = [...list.matchAll(/^ {2}(\w+)/gm)].map((match) => match[1] ?? '');
  return names.filter((name) => name !== 'help');
}
