import * as vscode from 'vscode';
import { normalizeUrl } from '@farside/client';
import type { HandoverBody } from '@farside/protocol';
import { sessionOfJob } from '../jobs/actions.ts';
import { askUserAndPassword } from '../servers/dialogs.ts';
import { defaultName } from '../servers/serverList.ts';
import type { Terminals } from '../terminal/terminals.ts';
import type { PlotWishes } from '../terminal/host.ts';
import { goodTokens, told } from './answers.ts';
import { Refused, type Handlers } from './handover.ts';
import type { RTerminal } from './rTerminal.ts';
import type { SignIns } from './signIns.ts';

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
        if (terminal.remote !== undefined) terminal.remote.plotWishes = plotWishesOf(body);
        if (enter) terminal.enterAtPrompt();
        void server.refresh();
      }),
    '/tokens': ({ refused }) => goodTokens(signIns.last, refused),
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
        const shown = terminals.show(server, await sessionOfJob({ server, job }), { behind: true });
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

function plotWishesOf({ displayPlots, writePlots, directory }: HandoverBody<'/session'>): PlotWishes {
  return { show: displayPlots ?? true, ...(writePlots && directory ? { writeTo: directory } : {}) };
}
