import * as vscode from 'vscode';
import { normalizeUrl } from '@farside/client';
import type { FarsideError } from '@farside/protocol';
import { sessionOfJob } from '../jobs/actions.ts';
import { askUserAndPassword } from '../servers/dialogs.ts';
import { defaultName } from '../servers/serverList.ts';
import type { Terminals } from '../terminal/terminals.ts';
import { toFarsideError } from '../ui/toError.ts';
import { Refused, type Answer, type Handlers } from './handover.ts';
import type { RTerminal } from './rTerminal.ts';
import type { SignIns } from './signIns.ts';

const DONE: Answer = { status: 200 };

/** What local R may ask of the window. */
export function handlersFor(terminal: RTerminal, signIns: SignIns, terminals: Terminals): Handlers {
  return {
    '/password': async ({ endpoint, username }) => {
      const answer = await askUserAndPassword(defaultName(normalizeUrl(endpoint)), username);
      return answer === undefined ? { status: 204 } : { status: 200, body: answer };
    },
    '/session': (body) =>
      told(async () => {
        const params = { id: body.session };
        const { server } = await signIns.resolve(body.endpoint, body.tokens, (one) =>
          one.client.call('session', { params }),
        );
        const info = await server.client.call('session', { params });
        const { prompt, enter } = body;
        terminal.setRemote(server, info, { prompt, introduced: enter === true, ofR: true });
        if (enter) terminal.enterAtPrompt();
        void server.refresh();
      }),
    '/tokens': ({ refused }) =>
      toldAs(async () => {
        if (signIns.last === undefined) throw new Refused(404, 'There is no sign-in here.');
        return signIns.last.tokens(refused);
        // What to do then R says itself: it knows how it signed in.
      }, plainly),
    '/pause': () => told(async () => terminal.pause()),
    '/resume': () =>
      told(async () => {
        if (terminal.remote === undefined)
          throw new Refused(409, 'The editor has no remote session of this R.');
        terminal.enterAtPrompt();
      }),
    '/logout': () =>
      told(async () => {
        terminal.leave();
        await signIns.end();
      }),
    '/job': (body) =>
      told(async () => {
        const params = { id: body.job };
        const { server } = await signIns.resolve(body.endpoint, body.tokens, (one) =>
          one.client.call('job', { params }),
        );
        const job = await server.client.call('job', { params });
        const shown = terminals.show(server, await sessionOfJob({ server, job }), { preserveFocus: true });
        if (body.close)
          shown.link.onStatus(({ state }) => {
            if (state === 'ended') shown.finish();
          });
        void server.refresh();
      }),
    '/browse': ({ url }) =>
      told(async () => {
        const page = vscode.Uri.parse(url, true);
        if (page.scheme !== 'https' && page.scheme !== 'http') throw new Refused(400, 'That is no web page.');
        await vscode.env.openExternal(page);
      }),
  };
}

const told = (work: () => Promise<void>): Promise<Answer> => toldAs(work);

/** The words of a refusal. */
type Words = (error: FarsideError) => string;
const plainly: Words = ({ message }) => message;
const withHint: Words = ({ text }) => text;

async function toldAs(work: () => Promise<unknown>, words: Words = withHint): Promise<Answer> {
  try {
    return { ...DONE, body: await work() };
  } catch (error) {
    if (error instanceof Refused) throw error;
    const known = toFarsideError(error);
    // R tells them apart: a sign-in that is over, and one that could not be renewed now.
    throw new Refused(known.status === 401 ? 401 : known.retryable ? 503 : 409, words(known));
  }
}
