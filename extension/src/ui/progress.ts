import * as vscode from 'vscode';

/** Work that is done sooner shows nothing: a notification that only flashes is noise. */
const SHOW_AFTER_MS = 700;

export interface Step {
  readonly message?: string;
  /** Percent of the whole since the last step. */
  readonly increment?: number;
}

/** Runs work; when it takes a while, under a progress notification whose Cancel aborts the signal. */
export async function withCancel<T>(
  title: string,
  work: (signal: AbortSignal, report: (step: Step) => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const steps = new StepRelay();
  const done = work(controller.signal, (step) => steps.report(step));
  const timer = setTimeout(() => void show(title, controller, steps, done), SHOW_AFTER_MS);
  try {
    return await done;
  } finally {
    clearTimeout(timer);
  }
}

function show(
  title: string,
  controller: AbortController,
  steps: StepRelay,
  done: Promise<unknown>,
): Thenable<void> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    token.onCancellationRequested(() => controller.abort());
    steps.follow((step) => progress.report(step));
    // The caller hears of a failure; here it only ends the notification.
    await done.catch(() => undefined);
  });
}

/** Keeps what was reported before anybody looked. */
export class StepRelay {
  #listener: ((step: Step) => void) | undefined;
  #missed: Step = {};

  report(step: Step): void {
    if (this.#listener !== undefined) return this.#listener(step);
    const increment = (this.#missed.increment ?? 0) + (step.increment ?? 0);
    this.#missed = { message: step.message ?? this.#missed.message, increment };
  }

  follow(listener: (step: Step) => void): void {
    this.#listener = listener;
    listener(this.#missed);
  }
}
