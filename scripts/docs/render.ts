import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderCli } from './cli.ts';
import { CLIENT_EVENTS, ENDPOINTS, ERRORS, type Endpoint } from '@farside/protocol';

/** The parts of the extension's manifest that are documented. */
interface Manifest {
  contributes: {
    commands: { command: string; title: string; category?: string }[];
    keybindings?: { command: string; key: string; when?: string }[];
    configuration: { properties: Record<string, Setting> } | { properties: Record<string, Setting> }[];
  };
}
interface Setting {
  type?: string | string[];
  default?: unknown;
  scope?: string;
  description?: string;
  markdownDescription?: string;
}

const GENERATED = '<!-- Made from the code by `npm run docs`; do not edit. -->\n';
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((r) => `| ${r.map(cell).join(' | ')} |`).join('\n');

/** Every generated page: path below docs/ and text. */
export function renderDocs(root: string): Record<string, string> {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  return {
    'commands.md': commands(manifest),
    'settings.md': settings(manifest),
    'endpoints.md': endpoints(),
    'events.md': events(),
    'errors.md': errors(),
    'cli.md': GENERATED + renderCli(root),
  };
}

function commands({ contributes }: Manifest): string {
  const keys = new Map((contributes.keybindings ?? []).map((k) => [k.command, k.key]));
  const rows = contributes.commands.map((c) => [
    c.category ? `${c.category}: ${c.title}` : c.title,
    `\`${c.command}\``,
    keys.get(c.command) ?? '',
  ]);
  return `${GENERATED}# Commands of the extension\n\n${table(['Command', 'Id', 'Key'], rows)}\n`;
}

function settings({ contributes }: Manifest): string {
  const blocks = [contributes.configuration].flat();
  const rows = blocks.flatMap((b) =>
    Object.entries(b.properties).map(([name, s]) => [
      `\`${name}\``,
      `\`${JSON.stringify(s.default ?? null)}\``,
      s.scope ?? 'window',
      s.markdownDescription ?? s.description ?? '',
    ]),
  );
  return `${GENERATED}# Settings of the extension\n\n${table(['Setting', 'Default', 'Scope', 'Meaning'], rows)}\n`;
}

function endpoints(): string {
  const row = ([name, e]: [string, Endpoint]): string[] => [
    `\`${e.method} ${e.path}\``,
    name,
    String(e.status),
    e.auth ? 'yes' : 'no',
    e.summary,
  ];
  const all = Object.entries(ENDPOINTS) as [string, Endpoint][];
  const part = (v2: boolean): string =>
    table(
      ['Endpoint', 'Operation', 'Success', 'Signed in', 'What it does'],
      all.filter(([, e]) => e.path.startsWith('/v2') === v2).map(row),
    );
  return `${GENERATED}# REST endpoints

Bodies and replies are declared with zod in \`protocol/src/endpoints/\`. Errors are JSON: see [errors.md](errors.md).

## Machine Learning Server 9.3

${part(false)}

## Farside's own

${part(true)}
`;
}

function events(): string {
  const rows = Object.entries(CLIENT_EVENTS).map(([name, e]) => [`\`${name}\``, e.reply ? 'yes' : 'no']);
  return `${GENERATED}# Socket.IO events, client to server

Payloads are declared in \`protocol/src/events.ts\`, which also has the events of the server.

${table(['Event', 'Acknowledged'], rows)}
`;
}

function errors(): string {
  const sections = Object.entries(ERRORS).map(
    ([code, e]) =>
      `## ${code}\n\n${e.message} ${e.hint}\n\nHTTP status ${e.status || '–'}${e.retryable ? ', trying again can help' : ''}.\n`,
  );
  return `${GENERATED}# Errors\n\n${sections.join('\n')}`;
}
