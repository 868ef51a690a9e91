/**
 * The one place that knows @vscode/webview-ui-toolkit, which is no longer developed: a successor is a change
 * here. The rest of the code asks for controls and gets elements.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';

/** Call once before the first control is made. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeProgressRing(),
    vsCodeTextField(),
  );
}

export interface ButtonElement extends HTMLElement {
  disabled: boolean;
}
/** A text field or a dropdown. */
export interface FieldElement extends HTMLElement {
  value: string;
}

/** `icon` buttons show a sign of one character; the label is read aloud and shown as a tooltip. */
export function button(
  label: string,
  kind: 'primary' | 'secondary' | 'icon',
  onClick: () => void,
  sign = label,
): ButtonElement {
  const element = document.createElement('vscode-button') as ButtonElement;
  element.setAttribute('appearance', kind);
  element.setAttribute('aria-label', label);
  element.title = label;
  element.textContent = sign;
  element.addEventListener('click', onClick);
  return element;
}

export function dropdown(label: string, options: readonly string[]): FieldElement {
  const element = document.createElement('vscode-dropdown') as FieldElement;
  element.setAttribute('aria-label', label);
  for (const text of options) {
    const option = document.createElement('vscode-option');
    option.setAttribute('value', text);
    option.textContent = text;
    element.append(option);
  }
  return element;
}

export function textField(label: string, value: string): FieldElement {
  const element = document.createElement('vscode-text-field') as FieldElement;
  element.setAttribute('aria-label', label);
  element.setAttribute('value', value);
  element.append(label);
  return element;
}

export function progressRing(label: string): HTMLElement {
  const element = document.createElement('vscode-progress-ring');
  element.setAttribute('aria-label', label);
  return element;
}
