import * as vscode from 'vscode';

/**
 * A tree whose rows stay the same objects while they mean the same thing. A row is drawn again only when it looks
 * different, and the whole tree only when rows came or went: VS Code forgets which row a menu was opened on when the
 * tree is renewed under it.
 */
export abstract class SteadyTree<N extends object> implements vscode.TreeDataProvider<N> {
  readonly #changed = new vscode.EventEmitter<N | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #nodes = new Map<string, N>();
  #looks = new Map<string, string>();

  protected abstract rowsOf(node?: N): N[];
  protected abstract idOf(node: N): string;
  protected abstract itemOf(node: N): vscode.TreeItem;

  getChildren(node?: N): N[] {
    return this.rowsOf(node).map((row) => this.#same(row));
  }

  getTreeItem(node: N): vscode.TreeItem | Promise<vscode.TreeItem> {
    return this.itemOf(node);
  }

  /** Something may have changed. */
  refresh(): void {
    const before = this.#looks;
    this.#looks = new Map();
    this.#look();
    const ids = [...this.#looks.keys()];
    if (ids.join('\n') !== [...before.keys()].join('\n')) {
      for (const id of this.#nodes.keys()) if (!this.#looks.has(id)) this.#nodes.delete(id);
      return this.#changed.fire(undefined);
    }
    for (const id of ids) if (this.#looks.get(id) !== before.get(id)) this.#changed.fire(this.#nodes.get(id));
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #look(parent?: N): void {
    for (const row of this.getChildren(parent)) {
      const { label, description, contextValue, tooltip, iconPath, collapsibleState } = this.itemOf(row);
      const look = [label, description, contextValue, tooltip, iconPath, collapsibleState];
      this.#looks.set(this.idOf(row), JSON.stringify(look));
      this.#look(row);
    }
  }

  /** The object that stands for this row already, with what is known now. */
  #same(row: N): N {
    const id = this.idOf(row);
    const known = this.#nodes.get(id);
    if (known !== undefined) return Object.assign(known, row);
    this.#nodes.set(id, row);
    return row;
  }
}
