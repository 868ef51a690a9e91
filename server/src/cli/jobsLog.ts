import { SessionLink, type FarsideClient } from '@farside/client';
import { fromUtf8, PromptKind, RecordType, type JobInfo, type JournalRecord } from '@farside/protocol';
import { leaving, outcomeOf, report } from './outcome.ts';
import { write } from './output.ts';
import { showOutput } from './showOutput.ts';
import { endText, exitCodeOf, whenJob, whenOver } from './jobsWait.ts';

/** Shows what a job prints, from its beginning and live, until it is over; gives its exit code. */
export async function followJob(client: FarsideClient, id: string): Promise<number> {
  const started = await whenJob(client, id, ({ state }) => state !== 'starting');
  const link = new SessionLink({ client, session: started.session, readOnly: true });
  link.onRecord(show);
  const outcome = outcomeOf(link);
  const left = leaving(link);
  link.open();
  try {
    const end = await Promise.race([outcome, left]);
    // One that never came to its console has nothing to show, but a reason.
    const unseen = end.how === 'lost' && end.reason.code === 'noSuchSession';
    if (end.how !== 'ended' && !unseen) return report(end);
    return finished(await whenOver(client, id), end.how === 'ended' ? end.final.status : undefined);
  } finally {
    link.close();
  }
}

/** What the console does not say itself: an error was printed there by R. */
function finished(job: JobInfo, status: number | undefined): number {
  const text = job.state === 'failed' && job.error ? '' : endText(job);
  if (text) process.stderr.write(`farside: ${text}\n`);
  return exitCodeOf(job, status);
}

function show(record: JournalRecord): void | Promise<void> {
  switch (record.type) {
    case RecordType.prompt:
      return QUESTIONS.has(String.fromCharCode(record.flag))
        ? write(process.stdout, fromUtf8(record.payload))
        : undefined;
    default:
      return showOutput(record);
  }
}

/** What somebody has to answer is shown; R's prompt before and after the script is not. */
const QUESTIONS: ReadonlySet<string> = new Set([PromptKind.readline, PromptKind.menu, PromptKind.browser]);
