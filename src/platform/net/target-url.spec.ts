import { describe, expect, it } from '@jest/globals';
import { parseRedirect, parseTarget } from './target-url.js';

describe('parseTarget', () => {
  it.each([
    ['https://recordings.test/a.mp3?x=1#t=10', 'https://recordings.test/a.mp3?x=1'],
    ['HTTP://Recordings.TEST:8080/ä', 'http://recordings.test:8080/%C3%A4'],
    ['http://0x7f.1/', 'http://127.0.0.1/'],
    ['http://2130706433/', 'http://127.0.0.1/'],
    ['http://017700000001/', 'http://127.0.0.1/'],
    ['http://127。0。0。1/', 'http://127.0.0.1/'],
    ['http:recordings.test', 'http://recordings.test/'],
  ])('reads %p as %p', (address, href) => {
    expect(parseTarget(address).href).toBe(href);
  });

  it.each([
    '',
    'recordings.test/a.mp3',
    '/a.mp3',
    'ftp://recordings.test/a.mp3',
    'file:///etc/passwd',
    'data:audio/wav;base64,AAAA',
    'blob:https://recordings.test/1',
    'gopher://recordings.test/',
    'javascript:alert(1)',
    'https://user@recordings.test/',
    'https://user:password@recordings.test/',
    'https://:password@recordings.test/',
    'http://',
    'http://[fe80::1%25eth0]/',
    'http://a b/',
    'http://256.256.256.256/',
    `https://recordings.test/${'a'.repeat(8192)}`,
  ])('refuses %p', (address) => {
    expect(() => parseTarget(address)).toThrow(expect.objectContaining({ code: 'url_invalid' }));
  });
});

describe('parseRedirect', () => {
  const from = new URL('https://recordings.test/a/b?c');

  it.each([
    ['d', 'https://recordings.test/a/d'],
    ['/d#e', 'https://recordings.test/d'],
    ['//other.test/d', 'https://other.test/d'],
    ['https://other.test:8443/', 'https://other.test:8443/'],
  ])('leads by %p to %p', (location, href) => {
    expect(parseRedirect(location, from).href).toBe(href);
  });

  it.each([
    ['http://recordings.test/', 'url_forbidden'],
    ['file:///etc/passwd', 'url_answer_invalid'],
    ['https://user@recordings.test/', 'url_answer_invalid'],
    ['https://', 'url_answer_invalid'],
  ])('refuses %p as %s', (location, code) => {
    expect(() => parseRedirect(location, from)).toThrow(expect.objectContaining({ code }));
  });

  it('leads from http to both', () => {
    expect(parseRedirect('https://other.test/', new URL('http://recordings.test/')).protocol).toBe('https:');
    expect(parseRedirect('/x', new URL('http://recordings.test/')).href).toBe('http://recordings.test/x');
  });
});
