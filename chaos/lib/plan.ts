import { Random } from './random.ts';

/** Kinds of faults, and how often each is chosen. */
export const FAULTS = {
  /** SIGKILL. */
  killWeb: 10,
  killCompute: 8,
  killBoth: 6,
  /** SIGTERM and a new start, as an upgrade does it. */
  restartWeb: 3,
  restartCompute: 3,
  /** SIGSTOP, and SIGCONT a while later. */
  stopWeb: 4,
  stopCompute: 3,
  stopClient: 3,
  /** All connections of one client are reset. */
  cut: 10,
  /** A connection is reset right after so many bytes more. */
  cutUp: 6,
  cutDown: 10,
  /** Nothing passes for a while. */
  stall: 6,
  /** What the server writes to a client vanishes, then the connection: acknowledgements are lost. */
  loseAcks: 10,
  /** A client stops taking what it is sent while R floods. */
  slowReader: 3,
  flood: 3,
  /** A client goes for good with what it has not sent, another one comes. */
  replaceClient: 4,
  attachFromStart: 2,
  attachFromMiddle: 5,
  interrupt: 8,
  interruptHard: 3,
  /** SIGKILL of R itself; another session takes its place. */
  killR: 2,
  /** SIGKILL of a spare worker, where there are some. */
  killSpare: 1,
} as const;
export type FaultKind = keyof typeof FAULTS;

/** One fault of the plan; what its numbers mean depends on the kind. */
export interface Fault {
  readonly kind: FaultKind;
  /** Which session and which of its clients, to be taken modulo how many there are. */
  readonly session: number;
  readonly client: number;
  readonly bytes: number;
  readonly ms: number;
}

/** The faults that follow from a seed, without an end. */
export function* planOf(seed: number): Generator<Fault, never> {
  const random = new Random(seed);
  for (;;)
    yield {
      kind: random.weighted(FAULTS),
      session: random.int(0, 999),
      client: random.int(0, 999),
      bytes: random.logInt(1, 200_000),
      ms: random.logInt(100, 3_000),
    };
}
