import { describe, expect, it } from '@jest/globals';
import { isPlain, readFilename, readLength, readMediaType } from './answer-headers.js';

const AT = new URL('https://recordings.test/talks/keynote%20one.mp3?filename=no.mp3');

/** As Node hands on what came as UTF-8. */
function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

describe('the name of a file', () => {
  it.each([
    ['attachment; filename="Talk 1.wav"', 'Talk 1.wav'],
    ['attachment; filename=talk.wav', 'talk.wav'],
    ['inline; filename="talk.wav"', 'talk.wav'],
    [`attachment; filename="fallback.wav"; filename*=UTF-8''%c3%89t%C3%A9.wav`, 'Été.wav'],
    [latin1('attachment; filename="日本.wav"'), '日本.wav'],
    ['attachment; filename="é.wav"', 'é.wav'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['attachment; filename="C:\\\\Users\\\\me\\\\talk.wav"', 'talk.wav'],
    [`attachment; filename*=UTF-8''..%2F..%2Fx.wav`, 'x.wav'],
    [`attachment; filename*=UTF-8''evil%E2%80%AEgpj.mp3`, 'evilgpj.mp3'],
    [`attachment; filename*=UTF-8''a%0D%0ASet-Cookie.wav`, 'aSet-Cookie.wav'],
    ['attachment; filename=".."', 'keynote one.mp3'],
    ['attachment; filename=""', 'keynote one.mp3'],
    [`attachment; filename*=UTF-8''%ff%fe`, 'keynote one.mp3'],
    ['attachment', 'keynote one.mp3'],
    [';;=;', 'keynote one.mp3'],
  ])('of %p is %p', (disposition, name) => {
    expect(readFilename({ 'content-disposition': disposition }, AT)).toBe(name);
  });

  it.each([
    ['/a/b.ogg', 'b.ogg'],
    ['/a/b%2Fc.ogg', 'c.ogg'],
    ['/%2e%2e%2f', null],
    ['/a%zz.ogg', 'a%zz.ogg'],
    ['/a/', null],
    ['/', null],
  ])('without Content-Disposition is the end of the path: of %p it is %p', (pathname, name) => {
    expect(readFilename({}, new URL(pathname, AT))).toBe(name);
  });

  it('is cut without breaking a character', () => {
    const name = readFilename({}, new URL(`/${'🎧'.repeat(300)}`, AT));

    expect(Array.from(name ?? '')).toHaveLength(255);
    expect(name?.isWellFormed()).toBe(true);
  });
});

describe('the media type', () => {
  it.each([
    ['audio/MPEG', 'audio/mpeg'],
    ['audio/ogg; codecs=opus', 'audio/ogg'],
    ['application/vnd.apple.mpegurl', 'application/vnd.apple.mpegurl'],
    ['audio', null],
    ['audio/<script>', null],
    ['', null],
    [undefined, null],
  ])('of %p is %p', (header, type) => {
    expect(readMediaType({ 'content-type': header })).toBe(type);
  });
});

describe('the length', () => {
  it('is what was announced, and unknown for chunks', () => {
    expect(readLength({ 'content-length': '42' })).toBe(42);
    expect(readLength({})).toBeNull();
    expect(readLength({ 'content-length': '42', 'transfer-encoding': 'chunked' })).toBeNull();
  });
});

describe('a body', () => {
  it.each([
    [{}, true],
    [{ 'content-encoding': 'identity' }, true],
    [{ 'transfer-encoding': 'chunked' }, true],
    [{ 'content-encoding': 'gzip' }, false],
    [{ 'content-encoding': 'identity, br' }, false],
    [{ 'transfer-encoding': 'gzip, chunked' }, false],
  ])('with %p is the file itself: %p', (headers, plain) => {
    expect(isPlain(headers)).toBe(plain);
  });
});
