// Stands in for the editor: answers what docs say it answers, and says each call as a line. Ends with its input.
import { createServer } from 'node:http';

const [, , token, username, password] = process.argv;
const answers = {
  '/password': { username, password },
  '/tokens': () => ({ access_token: process.env['NEXT_TOKEN'] ?? 'none' }),
};
const server = createServer(async (req, res) => {
  let body = '';
  for await (const part of req) body += part;
  process.stdout.write(`${req.method} ${req.url} ${body}\n`);
  const known = req.headers.authorization === `Bearer ${token}`;
  const answer = answers[req.url] ?? {};
  res.writeHead(known ? 200 : 403, { 'Content-Type': 'application/json' });
  res.end(JSON.stringify(known ? (typeof answer === 'function' ? answer() : answer) : { message: 'wrong token' }));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
