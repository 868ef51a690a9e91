import { FarsideError, PlotPage, type SessionInfo } from '@farside/protocol';
import { z } from 'zod';
import type { ComputeClient } from '../../compute/client.ts';
import type { JobRow } from '../../store/jobs.ts';
import type { DataFiles } from '../dataFiles.ts';
import { readReport, type JobReport } from './report.ts';
import type { JobOutcome } from './row.ts';
import { standingOf } from './state.ts';

const PlotPages = z.array(PlotPage);

export interface LookDeps {
  readonly compute: ComputeClient;
  readonly files: DataFiles;
}

/** What is known of a job besides its row. */
export interface JobLook {
  readonly session: SessionInfo | undefined;
  readonly report: JobReport | undefined;
}

export async function look({ compute, files }: LookDeps, row: JobRow): Promise<JobLook> {
  // In this order: what R wrote before it ended is there when its session is seen to have ended.
  const session = await compute.get(row.session).catch((error: unknown) => {
    if (error instanceof FarsideError && error.code === 'noSuchSession') return undefined;
    throw error;
  });
  return { session, report: await readReport(files.session(row.session)) };
}

/** How a job is now. The files it made are known when it is over. */
export async function outcomeNow(
  deps: LookDeps,
  row: JobRow,
  { session, report }: JobLook,
): Promise<JobOutcome> {
  const standing = standingOf({ cancelled: row.cancelled !== null, session: session?.state, report });
  const isEnded = session?.state.state === 'ended';
  return {
    ...standing,
    ...(report && { started: report.started }),
    ...(isEnded && { ended: report?.ended ?? session.lastActivity }),
    ...(report?.progress && { progress: report.progress }),
    files: [],
    plots: session ? await plotsOf(deps.compute, row.session) : 0,
    results: (report?.results ?? []).map(({ name, class: kind, size }) => ({ name, class: kind, size })),
    frames: report?.frames ?? false,
  };
}

/** A list that can not be read now is no reason to say nothing. */
async function plotsOf(compute: ComputeClient, session: string): Promise<number> {
  try {
    const { body } = await compute.plots(session, 'plots');
    const parts = (await body.toArray()) as Buffer[];
    const pages = PlotPages.parse(JSON.parse(Buffer.concat(parts).toString('utf8')));
    return pages.filter(({ removed }) => !removed).length;
  } catch {
    return 0;
  }
}
