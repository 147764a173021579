import { describe, expect, it } from '@jest/globals';
import { resolveLanguage } from './languages.js';
import type { ReadyModel } from './model-catalogue.service.js';

const base: ReadyModel = {
  name: 'base',
  dir: '',
  revision: null,
  languages: ['en', 'de', 'es', 'zh', 'tl', 'bn'],
  memory: null,
};
const english: ReadyModel = { name: 'tiny.en', dir: '', revision: null, languages: [], memory: null };

describe('resolveLanguage', () => {
  it.each([undefined, '', ' ', 'auto', 'AUTO'])('reads %p as a wish for detection', (requested) => {
    expect(resolveLanguage(requested, base)).toBeNull();
  });

  it.each([
    ['de', 'de'],
    ['DE', 'de'],
    [' Spanish ', 'es'],
    ['chinese', 'zh'],
    ['Tagalog', 'tl'],
    ['Filipino', 'tl'],
    ['bengali', 'bn'],
    ['Bangla', 'bn'],
    ['de-DE', 'de'],
    ['en_US', 'en'],
    ['zh-Hant-TW', 'zh'],
  ])('understands %p', (requested, code) => {
    expect(resolveLanguage(requested, base)).toBe(code);
  });

  it.each(['klingon', 'xx', 'xx-US', 'english-us', '<|en|>'])('refuses %p', (requested) => {
    expect(() => resolveLanguage(requested, base)).toThrow(/language_unknown/);
  });

  it('refuses everything but English for an English-only model', () => {
    expect(resolveLanguage('English', english)).toBe('en');
    expect(() => resolveLanguage('de', english)).toThrow(/English only/);
  });
});
