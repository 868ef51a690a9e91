import type { FromPlots, ToPlots } from '@farside/protocol';
import { element } from '../shared/dom.ts';
import { button } from '../shared/toolkit.ts';
import { Picture } from './picture.ts';
import { RenderQueue, type Pane } from './rendering.ts';
import { SaveForm, type SaveChoice } from './saveForm.ts';
import {
  NOTHING,
  currentItem,
  emptyText,
  positionText,
  receive,
  select,
  target,
  type Step,
} from './state.ts';

const KEYS: Readonly<Record<string, Step>> = {
  ArrowLeft: 'previous',
  ArrowRight: 'next',
  PageUp: 'previous',
  PageDown: 'next',
  Home: 'first',
  End: 'last',
};

/** The plots page: the state, and the elements that show it. */
export class Viewer {
  readonly #post: (message: FromPlots) => void;
  readonly #picture = new Picture();
  readonly #queue: RenderQueue;
  readonly #position = element('span', { role: 'status', 'aria-live': 'polite', class: 'position' });
  readonly #previous = button('Previous plot', 'icon', () => this.#step('previous'), '‹');
  readonly #next = button('Next plot', 'icon', () => this.#step('next'), '›');
  readonly #save = button('Save plot…', 'secondary', () => this.#openSave(), 'Save…');
  readonly #form: SaveForm;
  #state = NOTHING;
  #frame = 0;

  constructor(root: HTMLElement, post: (message: FromPlots) => void) {
    this.#post = post;
    this.#queue = new RenderQueue(post);
    this.#form = new SaveForm(
      (choice) => this.#saveAs(choice),
      () => this.#save.focus(),
    );
    const toolbar = element('div', { role: 'toolbar', 'aria-label': 'Plots', class: 'toolbar' });
    toolbar.append(this.#previous, this.#next, this.#position, this.#save);
    root.append(toolbar, this.#form.root, this.#picture.root);
    document.addEventListener('keydown', (event) => this.#key(event));
    // A drag of the pane's edge fires for every pixel: once a frame is enough.
    new ResizeObserver(() => {
      cancelAnimationFrame(this.#frame);
      this.#frame = requestAnimationFrame(() => this.#ask());
    }).observe(this.#picture.root);
    this.#update();
  }

  receive(message: ToPlots): void {
    const before = this.#state;
    this.#state = receive(before, message);
    if (message.type === 'failed' && message.session === this.#state.session)
      this.#queue.failed(message.page);
    // The picture was taken away by the problem that is over now.
    if (before.problem !== null && message.type === 'plots') this.#queue.retry();
    if (message.type === 'image' && this.#queue.arrived(message))
      this.#picture.draw(message.bytes, message.mime, `${positionText(this.#state)} of ${this.#state.title}`);
    this.#update();
  }

  #step(step: Step): void {
    const page = target(this.#state, step);
    if (page === null) return;
    this.#state = select(this.#state, page);
    this.#post({ type: 'show', page });
    this.#update();
  }

  #key(event: KeyboardEvent): void {
    const step = KEYS[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#step(step);
  }

  #openSave(): void {
    const { width, height } = this.#pane();
    this.#form.open(width, height);
  }

  #saveAs(choice: SaveChoice): void {
    const page = this.#state.current;
    if (page !== null) this.#post({ type: 'save', page, ...choice });
  }

  #update(): void {
    const state = this.#state;
    const item = currentItem(state);
    this.#position.textContent = positionText(state);
    this.#previous.disabled = target(state, 'previous') === null;
    this.#next.disabled = target(state, 'next') === null;
    this.#save.disabled = item === undefined;
    if (item === undefined) this.#form.close();
    if (state.problem !== null) this.#picture.say(state.problem, 'alert');
    else if (item === undefined) this.#picture.say(emptyText(state));
    this.#ask();
  }

  #ask(): void {
    this.#queue.want(this.#state.session, currentItem(this.#state), this.#pane());
    this.#picture.busy(this.#queue.busy);
  }

  #pane(): Pane {
    const { clientWidth: width, clientHeight: height } = this.#picture.root;
    return { width, height, devicePixelRatio: window.devicePixelRatio };
  }
}
