import { bytesText } from '@farside/protocol/bytes';
import type { SnapshotAction, SnapshotItem } from '@farside/protocol';
import { element } from '../shared/dom.ts';
import { button } from '../shared/toolkit.ts';
import { clicked, holdsText, sorted, type Sort, type SortKey } from './rows.ts';

const COLUMNS: readonly { readonly key: SortKey; readonly title: string }[] = [
  { key: 'name', title: 'Name' },
  { key: 'session', title: 'Session' },
  { key: 'created', title: 'Created' },
  { key: 'size', title: 'Size' },
  { key: 'rVersion', title: 'R version' },
];
const ACTIONS: readonly { readonly action: SnapshotAction; readonly title: string }[] = [
  { action: 'load', title: 'Load…' },
  { action: 'download', title: 'Download…' },
  { action: 'delete', title: 'Delete…' },
];

export interface TableEvents {
  readonly act: (action: SnapshotAction, id: string) => void;
  readonly sort: (sort: Sort) => void;
}

/** `focus` names what can have the focus, so that a renewed table gives it back. */
export function table(
  caption: string,
  items: readonly SnapshotItem[],
  sort: Sort,
  events: TableEvents,
): HTMLTableElement {
  const head = element('tr', {}, ...COLUMNS.map((column) => header(column, sort, events)));
  head.append(element('th', { scope: 'col' }, element('span', { class: 'unseen' }, 'Actions')));
  const rows = sorted(items, sort).map((item) => row(item, events));
  return element(
    'table',
    {},
    element('caption', { class: 'unseen' }, caption),
    element('thead', {}, head),
    element('tbody', {}, ...rows),
  );
}

function header(
  { key, title }: (typeof COLUMNS)[number],
  sort: Sort,
  { sort: onSort }: TableEvents,
): HTMLElement {
  const mine = sort.key === key;
  const order = sort.descending ? 'descending' : 'ascending';
  const sign = element('span', { 'aria-hidden': 'true' }, mine ? (sort.descending ? ' ↓' : ' ↑') : '');
  const press = element('button', { 'data-focus': `sort ${key}`, title: `Sort by ${title}` }, title, sign);
  press.addEventListener('click', () => onSort(clicked(sort, key)));
  return element('th', { scope: 'col', class: key, 'aria-sort': mine ? order : 'none' }, press);
}

function row(item: SnapshotItem, { act }: TableEvents): HTMLElement {
  const { id, name, created, size, session = '–', rVersion = '–' } = item;
  const holds = holdsText(item);
  const title = element('span', { class: 'title', title: name }, name);
  const time = new Date(created);
  const when = { datetime: time.toISOString(), title: time.toLocaleString() };
  const short = time.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  const buttons = ACTIONS.map(({ action, title: words }) => {
    const made = button(`${words.replace('…', '')} “${name}”`, 'secondary', () => act(action, id), words);
    made.dataset['focus'] = `${action} ${id}`;
    return made;
  });
  return element(
    'tr',
    { 'data-id': id },
    element('th', { scope: 'row', class: 'name' }, title, element('span', { class: 'holds' }, holds)),
    element('td', { class: 'session', title: session }, session),
    element('td', { class: 'created' }, element('time', when, short)),
    element('td', { class: 'size' }, bytesText(size)),
    element('td', { class: 'rVersion' }, rVersion),
    element('td', { class: 'actions' }, element('div', {}, ...buttons)),
  );
}
