import type { RunOptions, SessionLink } from '@farside/client';
import { PromptKind, RecordType, decodeConsumed, fromUtf8 } from '@farside/protocol';
import { answers } from './runAnswers.ts';
import { leaving, outcomeOf, report, type Outcome } from './outcome.ts';
import { write } from './output.ts';
import { showOutput } from './showOutput.ts';

const FLAG_ERROR = 'e'.charCodeAt(0);

/** Runs a script in a fresh session and shows its output live. Gives the exit code. */
export async function followRun(link: SessionLink, script: RunOptions): Promise<number> {
  const ended = outcomeOf(link);
  const done = followRecords(link);
  link.open();
  link.onRefused(({ error }) => {
    process.stderr.write(`farside: ${error.text}\n`);
    link.close();
  });
  link.run(script);
  const outcome = await Promise.race([ended, done, leaving(link)]);
  return report(
    outcome.how === 'left' && link.status.state === 'closed' ? { how: 'left', code: 1 } : outcome,
  );
}

/** Settles when R is back at its prompt after the script. */
function followRecords(link: SessionLink): Promise<Outcome> {
  return new Promise((resolve) => {
    const reply = answers();
    let state: 'before' | 'running' | 'failed' = 'before';
    link.onRecord((record) => {
      if (record.type === RecordType.consumed && link.isOwn(decodeConsumed(record.payload))) {
        if (state === 'before') state = 'running';
        return;
      }
      if (record.type === RecordType.reset && state === 'running') {
        state = 'failed';
        if (record.flag !== FLAG_ERROR) process.stderr.write('farside: interrupted\n');
        return;
      }
      if (record.type !== RecordType.prompt || state === 'before') return showOutput(record);
      const kind = String.fromCharCode(record.flag);
      if (kind === PromptKind.top) resolve({ how: 'left', code: state === 'failed' ? 1 : 0 });
      else {
        void reply(kind).then((line) => link.input(line));
        return write(process.stdout, fromUtf8(record.payload));
      }
    });
  });
}
