import { FarsideClient, memoryTokenStore } from '@farside/client';
import { FarsideError } from '@farside/protocol';
import { run } from '../runtime/run.ts';
import type { DoctorContext, Finding } from './checks.ts';

/** Whether a server answers; only where one is named. */
export async function checkServer({ url }: DoctorContext): Promise<Finding | undefined> {
  if (!url) return undefined;
  try {
    const client = new FarsideClient({ url, tokens: memoryTokenStore() });
    const { version, notice } = await client.about();
    client.dispose();
    const text = `${client.url} answers, version ${version}`;
    return notice ? { level: 'warn', text, mend: notice } : { level: 'ok', text };
  } catch (error) {
    if (!(error instanceof FarsideError)) throw error;
    return { level: 'fail', text: error.message, mend: error.hint };
  }
}

/** Not needed; named because TLS and sub-paths are usually done there. */
export async function checkProxy(): Promise<Finding | undefined> {
  const { status, stderr } = await run('nginx', ['-v']);
  return status === 0 ? { level: 'ok', text: stderr.trim().replace(/^nginx version: /, '') } : undefined;
}
