import * as vscode from 'vscode';
import { isJobOver } from '@farside/protocol';
import type { App } from '../app.ts';
import { placeLink } from '../terminal/localFiles.ts';
import { jobItem, jobPartItem } from './item.ts';
import { partsOf, type JobNode } from './nodes.ts';

/** Times of running jobs have to move. */
const CLOCK_MS = 5_000;

/** The user's jobs on all servers, the newest first; below each what it made. */
export class JobsTree implements vscode.TreeDataProvider<JobNode>, vscode.Disposable {
  readonly #app: App;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscription: vscode.Disposable;
  readonly #clock: NodeJS.Timeout;

  constructor(app: App) {
    this.#app = app;
    this.#subscription = app.servers.onDidChange(() => this.#changed.fire());
    this.#clock = setInterval(() => {
      if (this.running > 0) this.#changed.fire();
    }, CLOCK_MS);
  }

  get running(): number {
    return this.#all().filter(({ job }) => !isJobOver(job.state)).length;
  }

  get count(): number {
    return this.#all().length;
  }

  async getTreeItem(node: JobNode): Promise<vscode.TreeItem> {
    if (node.kind === 'job')
      return jobItem(node, this.#app.servers.all.length > 1 ? node.server.entry.name : undefined);
    const item = jobPartItem(node);
    const place = node.kind === 'jobCall' ? await placeLink(node.text, undefined) : undefined;
    if (place)
      item.command = { command: 'vscode.open', title: 'Open', arguments: [place.target, place.options] };
    return item;
  }

  getChildren(node?: JobNode): JobNode[] {
    if (node === undefined) return this.#all();
    return node.kind === 'job' ? partsOf(node) : [];
  }

  dispose(): void {
    clearInterval(this.#clock);
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #all(): (JobNode & { kind: 'job' })[] {
    return this.#app.servers.all
      .flatMap((server) => server.jobs.map((job) => ({ kind: 'job' as const, server, job })))
      .sort((a, b) => b.job.created - a.job.created);
  }
}
