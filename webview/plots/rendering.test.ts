import { expect, test } from 'vitest';
import type { PlotItem } from '@farside/protocol';
import { RenderQueue, SVG_MAX_BYTES, requestFor, type Pane, type RenderRequest } from './rendering.ts';
import { parseSize } from './size.ts';

const small: PlotItem = { page: 1, revision: 1, operations: 40 };
const large: PlotItem = { page: 2, revision: 1, operations: 50_000 };
const pane: Pane = { width: 640.7, height: 480.2, devicePixelRatio: 2 };

const queue = (): { sent: RenderRequest[]; queue: RenderQueue } => {
  const sent: RenderRequest[] = [];
  return { sent, queue: new RenderQueue((request) => sent.push(request)) };
};
const image = (request: RenderRequest, bytes = 10) => ({
  ...request,
  type: 'image' as const,
  mime: `image/${request.format}`,
  bytes: new Uint8Array(bytes),
});

test('small pages are SVG at the pane’s size, large ones PNG at the device’s pixels', () => {
  expect(requestFor('s', small, pane, false)).toMatchObject({
    format: 'svg',
    width: 640,
    height: 480,
    scale: 1,
  });
  expect(requestFor('s', large, pane, false)).toMatchObject({
    format: 'png',
    width: 640,
    height: 480,
    scale: 2,
  });
  expect(requestFor('s', small, pane, true)).toMatchObject({ format: 'png', scale: 2 });
});

test('sizes stay within what the server takes, and a pane without size asks for nothing', () => {
  expect(requestFor('s', small, { ...pane, width: 20, height: 20_000 }, false)).toMatchObject({
    width: 50,
    height: 10_000,
  });
  expect(requestFor('s', small, { ...pane, width: 0 }, false)).toBeNull();
});

test('while a drawing is under way only the last size waits', () => {
  const { sent, queue: q } = queue();
  for (const width of [300, 310, 320, 330]) q.want('s', small, { ...pane, width });
  expect(sent.map((r) => r.width)).toEqual([300]);
  expect(q.arrived(image(sent[0]!))).toBe(true);
  expect(sent.map((r) => r.width)).toEqual([300, 330]);
  expect(q.arrived(image(sent[1]!))).toBe(true);
  expect([q.busy, sent.length]).toEqual([false, 2]);
});

test('another page is asked for at once, and the late picture of the first is not shown', () => {
  const { sent, queue: q } = queue();
  q.want('s', small, pane);
  q.want('s', large, pane);
  expect(sent.map((r) => r.page)).toEqual([1, 2]);
  expect(q.arrived(image(sent[0]!))).toBe(false);
  expect(q.arrived(image(sent[1]!))).toBe(true);
});

test('what is shown is not asked for again; a new revision is', () => {
  const { sent, queue: q } = queue();
  q.want('s', small, pane);
  q.arrived(image(sent[0]!));
  q.want('s', small, pane);
  q.want('s', { ...small, revision: 2 }, pane);
  expect(sent.map((r) => r.revision)).toEqual([1, 2]);
});

test('an SVG that turns out too large is drawn as PNG, now and at other sizes', () => {
  const { sent, queue: q } = queue();
  q.want('s', small, pane);
  expect(q.arrived(image(sent[0]!, SVG_MAX_BYTES + 1))).toBe(false);
  expect(sent[1]).toMatchObject({ format: 'png', scale: 2 });
  q.arrived(image(sent[1]!));
  q.want('s', small, { ...pane, width: 400 });
  expect(sent[2]).toMatchObject({ format: 'png', width: 400 });
});

test('a failed drawing is not asked for in a loop, but on request', () => {
  const { sent, queue: q } = queue();
  q.want('s', small, pane);
  q.failed(1);
  q.want('s', small, pane);
  expect([sent.length, q.busy]).toEqual([1, false]);
  q.retry();
  expect(sent).toHaveLength(2);
});

test('a size that was typed', () => {
  expect(parseSize(' 640', '480 ')).toEqual({ width: 640, height: 480 });
  for (const bad of ['', '12.5', '49', '10001', '1e3', '-100'])
    expect(parseSize(bad, '480')).toMatch(/whole/);
});
