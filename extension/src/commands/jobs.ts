import * as vscode from 'vscode';
import { isJobOver } from '@farside/protocol';
import { bringBackFiles, cancelJob, removeJob, saveResult, sessionOfJob } from '../jobs/actions.ts';
import { jobOf } from '../jobs/choose.ts';
import { jobNodeOf } from '../jobs/nodes.ts';
import { askOptions, defaultOptions } from '../jobs/options.ts';
import { runAsJob } from '../jobs/run.ts';
import { openJournal } from '../journal/open.ts';
import type { Command } from './command.ts';

/** The commands of jobs: each finds its job and leaves the work to jobs/. */
export const JOB_COMMANDS: readonly Command[] = [
  { id: 'farside.runJob', run: (app, uri) => runAsJob(app, uri, () => Promise.resolve(defaultOptions())) },
  { id: 'farside.runJobWith', run: (app, uri) => runAsJob(app, uri, askOptions) },
  {
    id: 'farside.openJob',
    run: async (app, node) => {
      const chosen = await jobOf(app, node, 'Job whose console to open');
      if (chosen !== undefined) app.terminals.show(chosen.server, await sessionOfJob(chosen));
    },
  },
  {
    id: 'farside.jobLog',
    run: async (app, node) => {
      const chosen = await jobOf(app, node, 'Job whose output to read');
      if (chosen === undefined) return;
      const { server, job } = chosen;
      await openJournal(app.journals, server, { id: job.session, name: job.name });
    },
  },
  {
    id: 'farside.jobPlots',
    run: async (app, node) => {
      const chosen = await jobOf(app, node, 'Job whose plots to show', (job) => job.plots > 0);
      if (chosen === undefined) return;
      const session = await sessionOfJob(chosen);
      const target = { kind: 'session', server: chosen.server, session };
      await vscode.commands.executeCommand('farside.showPlots', target);
    },
  },
  {
    id: 'farside.saveJobResult',
    run: async (app, node) => {
      const chosen = await jobOf(app, node, 'Job whose result to save', (job) => job.results.length > 0);
      const part = jobNodeOf(node);
      if (chosen !== undefined) await saveResult(chosen, part?.kind === 'jobResult' ? part.name : undefined);
    },
  },
  {
    id: 'farside.bringBackJobFiles',
    run: async (app, node) => {
      const chosen = await jobOf(app, node, 'Job whose files to bring back', (job) => job.files.length > 0);
      if (chosen !== undefined) await bringBackFiles(app, chosen);
    },
  },
  {
    id: 'farside.cancelJob',
    run: async (app, node) => {
      const chosen = await jobOf(app, node, 'Job to cancel', (job) => !isJobOver(job.state));
      if (chosen !== undefined) await cancelJob(chosen);
    },
  },
  {
    id: 'farside.rerunJob',
    run: async (app, node) => {
      const chosen = await jobOf(app, node, 'Job to run again', (job) => isJobOver(job.state));
      if (chosen === undefined) return;
      await chosen.server.client.call('rerunJob', { params: { id: chosen.job.id } });
      await chosen.server.refresh();
    },
  },
  {
    id: 'farside.removeJob',
    run: async (app, node) => {
      const chosen = await jobOf(app, node, 'Job to remove', (job) => isJobOver(job.state));
      if (chosen !== undefined) await removeJob(chosen);
    },
  },
  {
    id: 'farside.copyJobId',
    run: async (app, node) => {
      const chosen = await jobOf(app, node, 'Job whose id to copy');
      if (chosen !== undefined) await vscode.env.clipboard.writeText(chosen.job.id);
    },
  },
];
