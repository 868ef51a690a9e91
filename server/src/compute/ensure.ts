import type { ComputeClient } from './client.ts';

export interface EnsureOptions {
  /** The R to use (--r). */
  readonly r?: string;
  /** Program and arguments instead of `farside compute …` of this installation. */
  readonly command?: readonly string[];
  /** Told what takes long, e.g. the first build of the worker's package. */
  readonly onProgress?: (text: string) => void;
}

/** Finds the compute node of a data directory or starts it, detached: it outlives this process. */
export declare function ensureCompute(dataDir: string, options?: EnsureOptions): Promise<ComputeClient>;
