import { expect, test } from 'vitest';
import { CallStatus, interruptFrame, RecordType, TransientType } from '@farside/protocol';
import { worker } from './library.ts';

test('calls answer at idle and leave no trace', async () => {
  const w = await worker();
  await w.run('set.seed(1); invisible(42)\nwarning("mine")\nf <- function() stop("mine"); f()');
  const state = 'digest <- list(.Random.seed, last.warning, .Traceback); ';
  await w.run(state);
  const at = w.head();
  const answer = await w.call(
    '{ runif(1); warning("theirs"); message("x"); cat("noise"); print(1); "value" }',
  );
  expect(answer).toMatchObject({ status: CallStatus.ok, text: 'value' });
  expect((await w.call('stop("their error")')).status).toBe(CallStatus.error);
  expect(w.head()).toBe(at);
  expect(await w.run('identical(digest, list(.Random.seed, last.warning, .Traceback))')).toBe('[1] TRUE\n');
  await w.run('invisible(7)');
  await w.call('8');
  expect(await w.run('.Last.value')).toBe('[1] 7\n');
  expect((await w.call('exists("answer_of_a_call")')).text).toBe('FALSE');
});

test('calls work at readline() and continuation, and do not disturb them', async () => {
  const w = await worker();
  let at = w.head();
  w.input('a <- readline("? ")');
  await w.prompt(at);
  expect((await w.call('"at readline"')).text).toBe('at readline');
  await w.run('yes');
  at = w.head();
  w.input('c(1,');
  await w.prompt(at);
  expect((await w.call('"at continuation"')).text).toBe('at continuation');
  expect(await w.run('2); a')).toBe('[1] 1 2\n[1] "yes"\n');
});

test('a call waits for idle within its budget, and its run is bounded too', async () => {
  const w = await worker();
  const at = w.head();
  w.input('cat("running\\n"); repeat {}');
  await w.until(() => w.output(at).includes('running'));
  expect((await w.call('1', 200)).status).toBe(CallStatus.busy);
  w.send(interruptFrame(1));
  await w.prompt(at);
  expect((await w.call('repeat {}', 200)).status).toBe(CallStatus.timeout);
  expect((await w.call('Sys.sleep(1000)', 200)).status).toBe(CallStatus.timeout);
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
});

test('large answers arrive whole', async () => {
  const w = await worker();
  await w.run('big <- runif(1e6)');
  const { bytes } = await w.call('farside:::rpc_serialize("big")');
  expect(bytes.length).toBeGreaterThan(8_000_000);
  expect(bytes.subarray(0, 4).toString()).toBe('RDX3');
});

test('objects are listed without forcing promises or active bindings', async () => {
  const w = await worker();
  await w.run('x <- 1:3; df <- data.frame(a = 1:2, b = c("u", "v"))');
  await w.run(
    'delayedAssign("late", stop("forced")); makeActiveBinding("active", function() stop("ran"), globalenv())',
  );
  const objects = JSON.parse((await w.call('farside:::rpc_objects()')).text) as {
    name: string;
    type: string;
  }[];
  expect(objects.map((o) => [o.name, o.type])).toEqual([
    ['active', 'active binding'],
    ['df', 'list'],
    ['late', 'promise'],
    ['x', 'integer'],
  ]);
  expect(objects[1]).toMatchObject({ class: ['data.frame'], dim: [2, 2] });
});

test('completion, width, parsing, values', async () => {
  const w = await worker();
  await w.run('some_long_name <- 1; lst <- list(alpha = 1, beta = 2)');
  const complete = async (line: string): Promise<unknown> =>
    JSON.parse((await w.call(`farside:::rpc_complete(${JSON.stringify(line)}, ${line.length}L)`)).text);
  expect(await complete('x <- some_l')).toEqual({ from: 5, items: ['some_long_name'] });
  expect(await complete('lst$a')).toEqual({ from: 0, items: ['lst$alpha'] });
  await w.call('farside:::rpc_width(132L)');
  expect(await w.run('getOption("width")')).toBe('[1] 132\n');
  expect(JSON.parse((await w.call('farside:::rpc_parse("1 +* 2")')).text)).toMatchObject({ ok: false });
  await w.run('m <- matrix(1:4, 2); v <- c(0.1, 1/3, NA)');
  expect(JSON.parse((await w.call('farside:::rpc_values(c("m", "v", "lst"))')).text)).toEqual([
    {
      name: 'm',
      value: [
        [1, 3],
        [2, 4],
      ],
    },
    { name: 'v', value: [0.1, 1 / 3, null] },
    { name: 'lst', value: { alpha: 1, beta: 2 } },
  ]);
});

test('a call that asks something gets no answer, and the session is not disturbed', async () => {
  const w = await worker();
  const at = w.head();
  const { text } = await w.call('paste0("[", readline("name? "), "]")');
  expect(text).toBe('[]');
  expect(w.head()).toBe(at);
  expect(await w.run('1 + 1')).toBe('[1] 2\n');
});

test('an input sent during Sys.sleep() is acknowledged at once', async () => {
  const w = await worker();
  w.input('Sys.sleep(1000)');
  await w.until(() => w.records.find((r) => r.type === RecordType.consumed));
  for (let i = 0; i < 50; i++) {
    const counter = w.input('1');
    await w.until(() => w.transients.find((r) => r.type === TransientType.ack && r.payload[8] === counter));
  }
});
