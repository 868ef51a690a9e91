import type { PlotItem, ToPlots } from '@farside/protocol';

/** What the page shows; changed only by {@link receive} and {@link select}. */
export interface PlotsState {
  /** Empty when no session is chosen. */
  readonly session: string;
  readonly title: string;
  readonly pages: readonly PlotItem[];
  readonly current: number | null;
  /** Why there is no picture. */
  readonly problem: string | null;
}

export const NOTHING: PlotsState = { session: '', title: '', pages: [], current: null, problem: null };

/** The list as the extension sends it, or a problem with it or with the page that is shown. */
export function receive(state: PlotsState, message: ToPlots): PlotsState {
  switch (message.type) {
    case 'plots': {
      const { session, title, pages, current } = message;
      const known = pages.some((one) => one.page === current);
      return {
        session,
        title,
        pages,
        current: known ? current : (pages.at(-1)?.page ?? null),
        problem: null,
      };
    }
    case 'failed':
      return message.session === state.session && message.page === state.current
        ? { ...state, problem: message.message }
        : state;
    case 'image':
      return message.session === state.session && message.page === state.current
        ? { ...state, problem: null }
        : state;
    case 'problem':
      return { ...state, problem: message.message };
  }
}

/** Where an arrow key or a button leads. */
export type Step = 'previous' | 'next' | 'first' | 'last';

/** The page a step leads to; null when it leads nowhere. */
export function target(state: PlotsState, step: Step): number | null {
  const at = state.pages.findIndex((one) => one.page === state.current);
  const last = state.pages.length - 1;
  const to = { previous: at - 1, next: at + 1, first: 0, last }[step];
  return to === at ? null : (state.pages[to]?.page ?? null);
}

export function select(state: PlotsState, page: number): PlotsState {
  return { ...state, current: page, problem: null };
}

export const currentItem = (state: PlotsState): PlotItem | undefined =>
  state.pages.find((one) => one.page === state.current);

/** "Plot 2 of 5"; empty when there is none. */
export function positionText(state: PlotsState): string {
  const at = state.pages.findIndex((one) => one.page === state.current);
  return at < 0 ? '' : `Plot ${at + 1} of ${state.pages.length}`;
}

/** The friendly sentence of an empty page. */
export function emptyText(state: PlotsState): string {
  return state.session === ''
    ? 'Plots of a remote session appear here by themselves. Run an R file, or start a session and draw something.'
    : `No plots in ${state.title} yet. Draw one, for example plot(cars), and it appears here.`;
}
