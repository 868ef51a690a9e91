import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as p from '@farside/protocol';
import { appears } from './appears.ts';
import { readJournal } from './journal.ts';

/** A real worker and a reader attached to it, without a server in between. */
export class Worker {
  readonly dir: string;
  readonly process: ChildProcess;
  readonly records: p.JournalRecord[] = [];
  readonly transients: p.JournalRecord[] = [];
  readonly client = BigInt('0x' + Math.random().toString(16).slice(2, 12));
  #socket: Socket | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #counter = 0;
  #call = 0;
  #wake = new Set<() => void>();
  stderr = '';

  private constructor(dir: string, child: ChildProcess) {
    this.dir = dir;
    this.process = child;
    child.stderr?.on('data', (d) => (this.stderr += String(d)));
    child.once('exit', () => this.#notify());
  }

  static async start(lib: string, env: NodeJS.ProcessEnv = {}, workdir?: string): Promise<Worker> {
    const dir = mkdtempSync(join(tmpdir(), 'farside-worker-'));
    const cwd = workdir ?? join(dir, 'work');
    mkdirSync(cwd, { recursive: true });
    const child = spawn('R', ['--no-save', '--no-restore', '--no-readline', '--quiet', '--interactive'], {
      cwd,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        LANG: 'C.UTF-8',
        FARSIDE_SESSION_DIR: dir,
        FARSIDE_LIB: lib,
        R_PROFILE_USER: join(lib, 'farside', 'start.R'),
        ...env,
      },
    });
    const worker = new Worker(dir, child);
    await worker.file('ctl.sock');
    await worker.attach();
    await worker.prompt();
    return worker;
  }

  /** Waits for a file that R makes in the session's directory. */
  async file(name: string): Promise<void> {
    await appears(join(this.dir, name), this.process, () => `R has ended: ${this.stderr}`);
  }

  /** Connects anew and follows from the first record on (from memory of this object when it has some). */
  async attach(mode: p.AttachMode = p.AttachMode.all): Promise<void> {
    const socket = await this.open();
    this.#socket = socket;
    socket.on('data', (d) => this.#onData(d));
    // A worker killed with frames unread resets the connection; `close` follows.
    socket.on('error', () => {});
    // This driver reads no files: it attaches before anything was missed, or reads the segment itself.
    socket.write(p.attachFrame(mode, this.records.at(-1)?.seq ?? 0));
  }

  async open(): Promise<Socket> {
    const fd = openSync(this.dir, 'r');
    const socket = connect(`/proc/self/fd/${fd}/ctl.sock`);
    await once(socket, 'connect');
    closeSync(fd);
    return socket;
  }

  detach(): void {
    this.#socket?.destroy();
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  #onData(data: Buffer): void {
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, data]) : data;
    let at = 0;
    for (;;) {
      const length = p.recordLength(this.#rest, at);
      if (length === null || this.#rest.length - at < length) break;
      const record = p.decodeRecord(this.#rest, at);
      if (record.seq === 0) this.#transient(record);
      else this.records.push(record);
      at += length;
    }
    this.#rest = this.#rest.subarray(at);
    this.#notify();
  }

  #transient(record: p.JournalRecord): void {
    this.transients.push(record);
    if (record.type === p.TransientType.lag) this.#catchUp();
  }

  /** Reads what was missed from the file, then asks to be live again: what the compute node does in earnest. */
  #catchUp(): void {
    const head = this.records.at(-1)?.seq ?? 0;
    for (const record of readJournal(this.dir)) if (record.seq > head) this.records.push(record);
    this.#socket?.write(p.attachFrame(p.AttachMode.all, this.records.at(-1)?.seq ?? 0));
  }

  #notify(): void {
    for (const wake of this.#wake) wake();
  }

  /** Resolves when `test` gives something; fails when R ends first and it still does not. */
  async until<T>(test: () => T | undefined | false): Promise<T> {
    for (;;) {
      const value = test();
      if (value !== undefined && value !== false) return value;
      if (this.process.exitCode !== null || this.process.signalCode !== null) {
        if (this.#socket?.destroyed || this.#socket?.readableEnded) throw this.#ended();
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#wake.delete(wake);
          resolve();
        };
        this.#wake.add(wake);
      });
    }
  }

  #ended(): Error {
    const how = this.process.signalCode ?? `code ${this.process.exitCode}`;
    const last = this.records.slice(-5).map((r) => `${r.type} ${p.fromUtf8(r.payload).slice(-200)}`);
    return new Error(`R has ended (${how}), after: ${JSON.stringify(last)}`);
  }

  send(frame: Uint8Array): void {
    this.#socket?.write(frame);
  }

  input(text: string, more: Partial<p.InputPayload> = {}): number {
    const counter = more.counter ?? ++this.#counter;
    const line = text.endsWith('\n') ? text : `${text}\n`;
    this.send(p.inputFrame({ client: this.client, counter, flag: 0, display: '', text: line, ...more }));
    return counter;
  }

  /** Waits for the next prompt after record number `after` and gives it. */
  async prompt(after = 0): Promise<{ kind: string; text: string; seq: number }> {
    const record = await this.until(() =>
      this.records.find((r) => r.seq > after && r.type === p.RecordType.prompt),
    );
    return { kind: String.fromCharCode(record.flag), text: p.fromUtf8(record.payload), seq: record.seq };
  }

  /** Sends lines, waits for the prompt after them, and gives what R printed meanwhile. */
  async run(text: string): Promise<string> {
    const before = this.records.at(-1)?.seq ?? 0;
    this.input(text);
    const lines = text.replace(/\n$/, '').split('\n').length;
    await this.until(() => {
      const taken = this.records.filter((r) => r.seq > before && r.type === p.RecordType.consumed);
      const last = taken[lines - 1];
      return last && this.records.find((r) => r.seq > last.seq && r.type === p.RecordType.prompt);
    });
    return this.output(before);
  }

  /** All output after record number `after`, in order, both streams. */
  output(after = 0, types = 'oecd'): string {
    const parts = this.records.filter((r) => r.seq > after && types.includes(r.type)).map((r) => r.payload);
    return Buffer.concat(parts).toString('utf8');
  }

  /** Prompts and output, no echo: what a terminal without echo would show. */
  transcript(): string {
    const shown = this.records.map((r) => {
      if (r.type === p.RecordType.consumed) return Buffer.from(p.decodeConsumed(r.payload).prompt);
      return 'Poecd'.includes(r.type) ? r.payload : new Uint8Array(0);
    });
    return Buffer.concat(shown).toString('utf8');
  }

  head(): number {
    return this.records.at(-1)?.seq ?? 0;
  }

  /** An out-of-band call: status and bytes. */
  async call(code: string, budgetMs = 10_000): Promise<{ status: number; bytes: Buffer; text: string }> {
    const id = ++this.#call;
    this.send(p.callFrame(id, budgetMs, code));
    const mine = (r: p.JournalRecord): boolean =>
      r.type === p.TransientType.reply && p.view(r.payload).getUint32(0, true) === id;
    await this.until(() => this.transients.find((r) => mine(r) && r.aux === 0));
    const parts = this.transients.filter(mine);
    const bytes = Buffer.concat(parts.map((r) => r.payload.subarray(5)));
    return { status: parts[0]?.payload[4] ?? -1, bytes, text: bytes.toString('utf8') };
  }

  async final(): Promise<p.Final> {
    const record = await this.until(() => this.records.find((r) => r.type === p.RecordType.final));
    return p.Final.parse(JSON.parse(p.fromUtf8(record.payload)));
  }

  /** Ends R for certain and removes the directory. */
  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null && this.process.pid) {
      const gone = once(this.process, 'exit');
      process.kill(-this.process.pid, 'SIGKILL');
      await gone;
    }
    this.detach();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
