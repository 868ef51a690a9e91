import type * as vscode from 'vscode';
import { isJobOver } from '@farside/protocol';
import type { App } from '../app.ts';
import { placeLink } from '../terminal/localFiles.ts';
import { SteadyTree } from '../views/steadyTree.ts';
import { jobItem, jobPartItem } from './item.ts';
import { partsOf, type JobNode } from './nodes.ts';

/** Times of running jobs have to move. */
const CLOCK_MS = 5_000;

/** The user's jobs on all servers, the newest first; below each what it made. */
export class JobsTree extends SteadyTree<JobNode> {
  readonly #app: App;
  readonly #subscription: vscode.Disposable;
  readonly #clock: NodeJS.Timeout;

  constructor(app: App) {
    super();
    this.#app = app;
    const refresh = (): void => this.refresh();
    this.#subscription = app.servers.onDidChange(refresh);
    this.#clock = setInterval(refresh, CLOCK_MS);
  }

  get running(): number {
    return this.rowsOf().filter(({ job }) => !isJobOver(job.state)).length;
  }

  get count(): number {
    return this.rowsOf().length;
  }

  /** A call of a traceback opens its place when that is a file here. */
  override async getTreeItem(node: JobNode): Promise<vscode.TreeItem> {
    const item = this.itemOf(node);
    const place = node.kind === 'jobCall' ? await placeLink(node.text, undefined) : undefined;
    if (place)
      item.command = { command: 'vscode.open', title: 'Open', arguments: [place.target, place.options] };
    return item;
  }

  override dispose(): void {
    clearInterval(this.#clock);
    this.#subscription.dispose();
    super.dispose();
  }

  protected itemOf(node: JobNode): vscode.TreeItem {
    if (node.kind !== 'job') return jobPartItem(node);
    return jobItem(node, this.#app.servers.all.length > 1 ? node.server.entry.name : undefined);
  }

  protected idOf(node: JobNode): string {
    return `${node.server.entry.url} ${node.job.id} ${partId(node)}`;
  }

  protected rowsOf(node?: JobNode): JobNode[] {
    if (node !== undefined) return node.kind === 'job' ? partsOf(node) : [];
    return this.#app.servers.all
      .flatMap((server) => server.jobs.map((job) => ({ kind: 'job' as const, server, job })))
      .sort((a, b) => b.job.created - a.job.created);
  }
}

function partId(node: JobNode): string {
  switch (node.kind) {
    case 'jobFile':
      return `file ${node.path}`;
    case 'jobResult':
      return `result ${node.name}`;
    case 'jobCall':
      return `call ${node.at}`;
    default:
      return node.kind;
  }
}
