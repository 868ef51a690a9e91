// Stands in for a server of the original: passes everything on to a real one, which then seems to have no /v2. Ends with
// its input.
import { createServer, request } from 'node:http';

const target = new URL(process.argv[2]);
const server = createServer((req, res) => {
  if (req.url.startsWith('/v2')) {
    res.writeHead(404, { 'Content-Type': 'application/json' });
    res.end('{"message":"Not found"}');
    return;
  }
  const { method, url: path, headers } = req;
  const onward = request({ host: target.hostname, port: target.port, method, path, headers }, (reply) => {
    res.writeHead(reply.statusCode ?? 500, reply.headers);
    reply.pipe(res);
  });
  onward.on('error', () => res.destroy());
  req.pipe(onward);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
