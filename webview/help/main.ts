import type { FromHelp, HelpEntry, ToHelp } from '@farside/protocol';
import { element } from '../shared/dom.ts';
import { connectHost } from '../shared/host.ts';
import type { Link } from './links.ts';
import { rebuild } from './rebuild.ts';
import '../shared/page.css';
import './help.css';

const post = connectHost<ToHelp, FromHelp>(receive);

function button(label: string, title: string, way: 'back' | 'forward'): HTMLButtonElement {
  const made = element('button', { title, 'aria-label': title }, label);
  made.addEventListener('click', () => post({ type: 'go', way }));
  return made;
}
const back = button('←', 'Back', 'back');
const forward = button('→', 'Forward', 'forward');
const title = element('span', { class: 'title' });
const content = element('main', { tabindex: '0' });
document.body.append(element('header', {}, back, forward, title), content);

function receive(message: ToHelp): void {
  back.disabled = !message.back;
  forward.disabled = !message.forward;
  content.replaceChildren();
  if (message.type === 'failed') {
    title.textContent = '';
    content.append(element('p', { role: 'alert' }, message.message));
    return;
  }
  title.textContent = message.title;
  if (message.html !== undefined) content.append(rebuild(message.html, message.package, follow));
  if (message.text !== undefined) content.append(element('pre', { class: 'text' }, message.text));
  if (message.note !== undefined) content.append(element('p', {}, message.note));
  if (message.entries.length > 0)
    content.append(element('ul', { class: 'entries' }, ...message.entries.map(entry)));
  content.scrollTop = 0;
}

function entry({ label, title: words, target }: HelpEntry): HTMLElement {
  const link = element('a', { href: '#' }, label);
  link.addEventListener('click', (event) => {
    event.preventDefault();
    post({ type: 'open', target });
  });
  return element('li', {}, link, words ? ` ${words}` : '');
}

function follow(link: NonNullable<Link>): void {
  if (link.to === 'page') return post({ type: 'open', target: link.target });
  if (link.to === 'web') return post({ type: 'external', url: link.url });
  for (const one of content.querySelectorAll<HTMLElement>('[data-place]'))
    if (one.dataset['place'] === link.id) return one.scrollIntoView();
}

post({ type: 'ready' });
