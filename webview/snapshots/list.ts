import type { FromSnapshots, SnapshotServer, ToSnapshots } from '@farside/protocol';
import { element } from '../shared/dom.ts';
import { button } from '../shared/toolkit.ts';
import { counted, NEWEST_FIRST, type Sort } from './rows.ts';
import { table } from './table.ts';

/** The page of snapshots: a tool bar, and a table for each server. */
export class SnapshotList {
  readonly #post: (message: FromSnapshots) => void;
  readonly #count = element('span', { class: 'count', role: 'status', 'aria-live': 'polite' }, 'Loading…');
  readonly #content = element('main', { 'aria-label': 'Snapshots' });
  readonly #create: HTMLElement;
  #servers: readonly SnapshotServer[] = [];
  #sort: Sort = NEWEST_FIRST;

  constructor(root: HTMLElement, post: (message: FromSnapshots) => void) {
    this.#post = post;
    this.#create = button('Create Snapshot…', 'primary', () => post({ type: 'create' }));
    const refresh = button('Refresh', 'secondary', () => post({ type: 'refresh' }));
    const bar = element('div', { role: 'toolbar', 'aria-label': 'Snapshots', class: 'toolbar' });
    bar.append(this.#create, refresh, this.#count);
    root.append(bar, this.#content);
  }

  receive({ servers }: ToSnapshots): void {
    this.#servers = servers;
    const count = servers.reduce((sum, { items }) => sum + items.length, 0);
    this.#count.textContent = counted(count, 'snapshot');
    this.#draw();
  }

  #draw(): void {
    const focused = this.#focused();
    this.#content.replaceChildren(...this.#servers.flatMap((server) => this.#section(server)));
    if (this.#servers.length === 0) this.#content.append(element('p', {}, 'There is no server yet.'));
    this.#giveBack(focused);
  }

  #section(server: SnapshotServer): HTMLElement[] {
    const { url, name, items, problem } = server;
    const parts = this.#servers.length > 1 ? [element('h2', {}, name)] : [];
    if (problem !== undefined) {
      const words = element('p', { role: 'alert', class: 'problem' }, problem.text);
      parts.push(words);
      if (problem.signIn)
        words.append(
          ' ',
          button('Sign In…', 'secondary', () => this.#post({ type: 'signIn', url })),
        );
    } else if (items.length === 0) {
      const words = `There are no snapshots on ${name}. A snapshot keeps the objects, files and packages of a session; it can be loaded into any session of yours.`;
      parts.push(element('p', { class: 'empty' }, words));
    } else {
      const events = {
        act: (type: 'load' | 'download' | 'delete', id: string) => this.#post({ type, url, id }),
        sort: (sort: Sort) => {
          this.#sort = sort;
          this.#draw();
        },
      };
      parts.push(table(`Snapshots on ${name}`, items, this.#sort, events));
    }
    return parts;
  }

  /** What has the focus, and the row after it, which gets it when the row has gone. */
  #focused(): readonly string[] {
    const own = document.activeElement;
    if (!(own instanceof HTMLElement) || own.dataset['focus'] === undefined) return [];
    const next = own.closest('tr')?.nextElementSibling ?? own.closest('tr')?.previousElementSibling;
    const [action] = own.dataset['focus'].split(' ');
    const id = next instanceof HTMLElement ? next.dataset['id'] : undefined;
    return [own.dataset['focus'], ...(id === undefined ? [] : [`${action} ${id}`])];
  }

  #giveBack(focused: readonly string[]): void {
    if (focused.length === 0) return;
    const all = [...this.#content.querySelectorAll<HTMLElement>('[data-focus]')];
    const found = focused.map((name) => all.find((one) => one.dataset['focus'] === name));
    (found.find((one) => one !== undefined) ?? this.#create).focus();
  }
}
