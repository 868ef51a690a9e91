import type { FromPlots, PlotFormat } from '@farside/protocol';
import { element, show } from '../shared/dom.ts';
import { button, dropdown, textField } from '../shared/toolkit.ts';
import { parseSize } from './size.ts';

const FORMATS: readonly PlotFormat[] = ['png', 'svg', 'pdf'];

/** What was chosen. */
export type SaveChoice = Omit<Extract<FromPlots, { type: 'save' }>, 'type' | 'page'>;

/** A small form for format and size; the extension asks for the file's name. */
export class SaveForm {
  readonly root: HTMLFormElement;
  readonly #format = dropdown('Format', FORMATS);
  readonly #width = textField('Width (px)', '');
  readonly #height = textField('Height (px)', '');
  readonly #error = element('p', { class: 'error', role: 'alert' });
  readonly #onSave: (choice: SaveChoice) => void;
  readonly #onClose: () => void;

  constructor(onSave: (choice: SaveChoice) => void, onClose: () => void) {
    this.#onSave = onSave;
    this.#onClose = onClose;
    const buttons = element(
      'div',
      { class: 'buttons' },
      button('Save', 'primary', () => this.#submit()),
      button('Cancel', 'secondary', () => this.close()),
    );
    this.root = element('form', { class: 'save', 'aria-label': 'Save plot' });
    this.root.append(this.#format, this.#width, this.#height, buttons, this.#error);
    this.root.addEventListener('keydown', (event) => this.#key(event));
    show(this.root, false);
  }

  /** Opens with the size that is on the screen. */
  open(width: number, height: number): void {
    this.#width.value = String(Math.round(width));
    this.#height.value = String(Math.round(height));
    this.#error.textContent = '';
    show(this.root, true);
    this.#width.focus();
  }

  close(): void {
    if (this.root.hidden) return;
    show(this.root, false);
    this.#onClose();
  }

  #key(event: KeyboardEvent): void {
    // Arrow keys move in the fields here, not between plots.
    event.stopPropagation();
    if (event.key === 'Escape') this.close();
    if (event.key !== 'Enter' || event.target === this.#format) return;
    event.preventDefault();
    this.#submit();
  }

  #submit(): void {
    const size = parseSize(this.#width.value, this.#height.value);
    if (typeof size === 'string') {
      this.#error.textContent = size;
      return;
    }
    const format = FORMATS.find((one) => one === this.#format.value) ?? 'png';
    this.#onSave({ format, ...size });
    this.close();
  }
}
