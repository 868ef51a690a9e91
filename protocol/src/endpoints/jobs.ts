import { z } from 'zod';
import { JobInfo, JobRequest } from '../jobs.ts';
import { endpoint } from './endpoint.ts';

/** Jobs: scripts with a worker of their own. Console, plots and files are those of the job's session. */
export const JOB_ENDPOINTS = {
  startJob: endpoint({
    method: 'POST',
    path: '/v2/jobs',
    status: 201,
    auth: true,
    body: JobRequest,
    reply: JobInfo,
    summary: 'Run a script in a worker of its own.',
    errors: ['notFound', 'webhookRefused', 'sessionStartFailed', 'computeDown', 'diskFull'],
  }),
  jobs: endpoint({
    method: 'GET',
    path: '/v2/jobs',
    status: 200,
    auth: true,
    reply: z.array(JobInfo),
    summary: 'My jobs, the newest first.',
  }),
  job: endpoint({
    method: 'GET',
    path: '/v2/jobs/:id',
    status: 200,
    auth: true,
    reply: JobInfo,
    summary: 'One job.',
  }),
  cancelJob: endpoint({
    method: 'POST',
    path: '/v2/jobs/:id/cancel',
    status: 200,
    auth: true,
    reply: JobInfo,
    summary: 'Stop a job: interrupt, then end R. What it printed and made stays.',
  }),
  rerunJob: endpoint({
    method: 'POST',
    path: '/v2/jobs/:id/rerun',
    status: 201,
    auth: true,
    reply: JobInfo,
    summary: 'The same script with the same settings as a new job.',
    errors: ['sessionStartFailed', 'diskFull'],
  }),
  removeJob: endpoint({
    method: 'DELETE',
    path: '/v2/jobs/:id',
    status: 200,
    auth: true,
    reply: 'none',
    summary: 'Remove a job that is over, with its journal, plots and results. Project folders stay.',
    errors: ['jobNotOver'],
  }),
  jobResult: endpoint({
    method: 'GET',
    path: '/v2/jobs/:id/results/:name',
    status: 200,
    auth: true,
    reply: 'bytes',
    summary: 'An object kept by a job, as RDS.',
    ranges: true,
    errors: ['noSuchObject'],
  }),
  jobFrames: endpoint({
    method: 'GET',
    path: '/v2/jobs/:id/frames',
    status: 200,
    auth: true,
    reply: 'bytes',
    summary: 'The frames of a failed job, as RData for load() and utils::debugger().',
    ranges: true,
    errors: ['notFound'],
  }),
} as const;
