import { expect, test } from 'vitest';
import { readLink } from './links.ts';

const topic = (name: string, from: string): unknown => ({
  to: 'page',
  target: { kind: 'topic', topic: name, package: from },
});

test('links of R’s pages lead to topics, of this package or another', () => {
  expect(readLink('../../stats/help/lm', 'base')).toEqual(topic('lm', 'stats'));
  expect(readLink('../../stats/html/lm.html#x', 'base')).toEqual(topic('lm', 'stats'));
  expect(readLink('../help/%5B.data.frame', 'base')).toEqual(topic('[.data.frame', 'base'));
  expect(readLink('mean.html', 'base')).toEqual(topic('mean', 'base'));
  expect(readLink('00Index.html', 'base')).toEqual(topic('', 'base'));
});

test('places, the web, and nothing else', () => {
  expect(readLink('#part%201', 'base')).toEqual({ to: 'place', id: 'part 1' });
  expect(readLink('https://example.org/a?b', 'base')).toEqual({ to: 'web', url: 'https://example.org/a?b' });
  for (const href of [
    'javascript:alert(1)',
    'command:farside.x',
    'file:///etc/passwd',
    '/doc/html/R.css',
    'data:,x',
  ])
    expect(readLink(href, 'base')).toBeUndefined();
});
