import { FarsideClient, SessionLink, memoryTokenStore } from '@farside/client';
import { RecordType, fromUtf8 } from '@farside/protocol';

/** A client of its own process, to be stopped and continued by a test: says its states and what R prints. */
const { URL: url = '', PASSWORD = '', SESSION = '' } = process.env;
const client = new FarsideClient({ url, tokens: memoryTokenStore() });
await client.signIn('admin', PASSWORD);
const link = new SessionLink({ client, session: SESSION });
link.onStatus(({ state }) => void process.stdout.write(`${state}\n`));
link.onRecord(({ type, payload }) => {
  if (type === RecordType.stdout) process.stdout.write(fromUtf8(payload));
});
link.open();
setInterval(() => undefined, 1_000);
