type Step = () => void | Promise<void>;

/** Undoes in reverse order, once, whatever happens on the way. */
export class Cleanup {
  #steps: Step[] = [];

  add(step: Step): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    const steps = this.#steps.reverse();
    this.#steps = [];
    for (const step of steps) {
      try {
        await step();
      } catch {
        // The others still have to be undone; the process is about to end.
      }
    }
  }
}
