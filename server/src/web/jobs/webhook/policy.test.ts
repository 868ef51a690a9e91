import { expect, it } from 'vitest';
import { isInternal } from './addresses.ts';
import { checkWebhook, hostPattern } from './policy.ts';

const outcome = (url: string, webhookHosts: string[], webhookInternal = false): string => {
  try {
    checkWebhook(url, { webhookHosts, webhookInternal });
    return 'allowed';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

it('allows the hosts that are named, and no other', () => {
  const hosts = ['hooks.example.org', '*.example.com'];
  for (const url of [
    'https://hooks.example.org/x',
    'http://HOOKS.example.org:8080/',
    'https://hooks.example.org./',
    'https://a.example.com/',
    'https://a.b.example.com/',
  ])
    expect(outcome(url, hosts), url).toBe('allowed');
  for (const url of [
    'https://example.org/',
    'https://evil-hooks.example.org.evil.net/',
    'https://example.com/',
    'https://notexample.com/',
    'https://hooks.example.org@evil.net/',
    'https://user:secret@hooks.example.org/',
    'ftp://hooks.example.org/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'nothing',
  ])
    expect(outcome(url, hosts), url).toBe('webhookRefused');
  expect(outcome('https://example.org/', [])).toBe('webhookRefused');
});

it('knows internal addresses in whatever notation', () => {
  for (const host of [
    '127.0.0.1',
    '0x7f.1',
    '2130706433',
    '017700000001',
    '0',
    '１２７.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
  ])
    for (const hosts of [['127.0.0.1', '0.0.0.0', '::1', '::ffff:7f00:1']]) {
      expect(outcome(`http://${host}/`, hosts), host).toBe('webhookRefused');
      expect(outcome(`http://${host}/`, hosts, true), host).toBe('allowed');
    }
});

it.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.8.8.8',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  'fc00::1',
  'fd12::1',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  '2002:7f00:1::',
  '2001:db8::1',
  '2001::1',
  'localhost',
  '',
])('%s is internal', (address) => expect(isInternal(address)).toBe(true));

it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])(
  '%s is public',
  (address) => expect(isInternal(address)).toBe(false),
);

it('takes names and addresses for hosts, and nothing else', () => {
  expect(hostPattern('Hooks.Example.org.')).toBe('hooks.example.org');
  expect(hostPattern('*.example.org')).toBe('*.example.org');
  expect(hostPattern('127.0.0.1')).toBe('127.0.0.1');
  expect(hostPattern('[::1]')).toBe('::1');
  for (const text of ['', '*', '*.', 'https://a.org', 'a.org/x', 'a.org:80', '*.*.org', 'a b'])
    expect(hostPattern(text)).toBeUndefined();
});
