import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  FarsideError,
  inputFrame,
  InputFlag,
  Json,
  type ExecuteRequest,
  type ExecuteResponse,
  type InputId,
  type SessionInfo,
} from '@farside/protocol';
import { z } from 'zod';
import type { ComputeClient } from '../../compute/client.ts';
import { recordsOf } from '../journal.ts';
import { jsonToR, rName, rString, rStrings } from '../rText.ts';
import { storeRun } from '../runs.ts';
import { Answers } from './answers.ts';
import { Changes } from './changes.ts';
import { ConsoleOutput } from './output.ts';
import { follow, isOver, type Progress } from './progress.ts';

/** Values go in and come out at idle; large ones take their time. */
const VALUES_MS = 60_000;
/** A compute node that was killed is started again within this. */
const ATTACH_AGAIN_MS = 200;
/** As the original named code without a file. */
const CODE_NAME = 'code.R';
const Values = z.array(z.object({ name: z.string(), value: Json }));

/**
 * Runs code for a request and waits for its end. One at a time for each session: while R is busy, or while another
 * request executes there, `sessionBusy` is thrown and nothing is queued.
 */
export class Executions {
  readonly #compute: ComputeClient;
  readonly #runsOf: (session: string) => string;
  readonly #running = new Set<string>();
  constructor(compute: ComputeClient, runsOf: (session: string) => string) {
    this.#compute = compute;
    this.#runsOf = runsOf;
  }

  async execute(session: SessionInfo, request: ExecuteRequest): Promise<ExecuteResponse> {
    const { id } = session;
    if (this.#running.has(id)) throw new FarsideError('sessionBusy');
    this.#running.add(id);
    try {
      return await this.#execute(session, request);
    } finally {
      this.#running.delete(id);
    }
  }

  async #execute(session: SessionInfo, request: ExecuteRequest): Promise<ExecuteResponse> {
    const { state, id } = session;
    if (state.state !== 'idle' || state.prompt !== 'top') throw new FarsideError('sessionBusy');
    await this.#assign(id, request.inputParameters ?? []);
    const changes = await Changes.begin(this.#compute, session, this.#runsOf(id));
    const output = new ConsoleOutput();
    const failed = await this.#run(session, request.code, output);
    const consoleOutput = output.text;
    const changedFiles = await changes.finish();
    const failure = (errorMessage: string): ExecuteResponse => ({
      success: false,
      errorMessage,
      outputParameters: [],
      consoleOutput,
      changedFiles,
    });
    if (failed === 'error') return failure(await this.#lastError(id));
    if (failed) return failure('The execution was interrupted.');
    try {
      const outputParameters = await this.#values(id, request.outputParameters ?? []);
      return { success: true, errorMessage: '', outputParameters, consoleOutput, changedFiles };
    } catch (error) {
      if (error instanceof FarsideError && error.code === 'callFailed') return failure(error.message);
      throw error;
    }
  }

  async #assign(id: string, inputs: NonNullable<ExecuteRequest['inputParameters']>): Promise<void> {
    if (inputs.length === 0) return;
    const lines = inputs.map(({ name, value }) => `${rName(name)} <- ${codeOf(name, value)}`);
    // Assigned in the workspace, where the call is evaluated; nothing is answered.
    await this.#compute.callText(id, `${lines.join('\n')}\nNULL`, VALUES_MS);
  }

  async #values(id: string, names: readonly string[]): Promise<ExecuteResponse['outputParameters']> {
    if (names.length === 0) return [];
    const text = await this.#compute.callText(id, `farside:::rpc_values(${rStrings(names)})`, VALUES_MS);
    return Values.parse(JSON.parse(text));
  }

  async #lastError(id: string): Promise<string> {
    const text = await this.#compute.callText(id, 'farside:::rpc_last_error()', VALUES_MS).catch(() => '""');
    return z.string().parse(JSON.parse(text)).trimEnd() || 'The code failed.';
  }

  /** Sends the code and follows it to its end; attaches again when the compute node was restarted. */
  async #run(session: SessionInfo, code: string, output: ConsoleOutput): Promise<string | false> {
    const client = randomBytes(8);
    const input: InputId = { client: client.readBigUInt64LE(0), counter: 1 };
    const line = await storeRun(this.#runsOf(session.id), `execute-${client.toString('hex')}`, {
      text: code,
      name: CODE_NAME,
      echo: false,
    });
    const display = code.trimEnd() || '# nothing to run';
    const frame = inputFrame({ ...input, flag: InputFlag.run, display, text: line });
    const answers = new Answers(input.client);
    let progress: Progress = { state: 'sent' };
    for (let cursor = session.head; !isOver(progress);) {
      const { stream } = await this.#compute.attach(session.id, cursor);
      // Sent on every attach: the worker takes it once.
      for (const again of [frame, ...answers.given]) stream.write(again);
      for await (const record of recordsOf(stream)) {
        if (record.seq > 0) cursor = record.seq;
        progress = follow(progress, record, input);
        const answer = progress.state === 'read' && answers.to(record);
        if (answer) stream.write(answer);
        if (progress.state === 'read') output.add(record);
        if (isOver(progress)) break;
      }
      if (!isOver(progress)) await delay(ATTACH_AGAIN_MS);
    }
    if (progress.state === 'refused') throw new FarsideError('badInput', { reason: progress.reason });
    if (progress.state === 'ended') throw new FarsideError('sessionEnded', { cause: progress.cause });
    return progress.state === 'done' ? progress.failed : false;
  }
}

function codeOf(name: string, value: unknown): string {
  try {
    return jsonToR(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FarsideError('badRequest', { reason: `the input ${rString(name)}: ${error.message}` });
  }
}
