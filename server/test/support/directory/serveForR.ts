/**
 * A directory and a server that takes its tokens, for tests in R and by hand. Says `ready` and, as JSON, where they are;
 * then takes JSON objects, one a line, that change how the directory behaves ({@link Behaviour}, `metadata`, `lifetime`),
 * each answered by the requests that came since. The end of the input ends everything.
 */
import { createInterface } from 'node:readline';
import { startServer } from '../server.ts';
import { startIssuer } from './issuer.ts';
import { ANN, CLIENT, RESOURCE, TENANT } from './signing.ts';

const issuer = await startIssuer();
const server = await startServer({ args: issuer.args, env: { NODE_EXTRA_CA_CERTS: issuer.ca.file } });
const say = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const { authority, ca } = issuer;
const known = { tenant: TENANT, client: CLIENT, resource: RESOURCE, user: ANN.name, password: ANN.password };
say({ url: server.url, authority, ca: ca.file, logs: `${server.dataDir}/logs`, ...known });

for await (const line of createInterface({ input: process.stdin })) {
  const { metadata, lifetime, ...behaviour } = JSON.parse(line) as Partial<typeof issuer>;
  if (metadata) issuer.metadata = metadata;
  if (lifetime) issuer.lifetime = lifetime;
  Object.assign(issuer.behaviour, behaviour);
  say({ hits: issuer.hits.splice(0) });
}
await server.stop();
await issuer.close();
