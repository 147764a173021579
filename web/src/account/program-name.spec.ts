import { describe, expect, it } from '@jest/globals';
import { programName } from './program-name.js';

const CHROMIUM = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

describe('programName', () => {
  it.each([
    [`Mozilla/5.0 (X11; Linux x86_64) ${CHROMIUM}`, 'Chrome on Linux'],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROMIUM} Edg/140.0.0.0`, 'Edge on Windows'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0',
      'Firefox on Mac',
    ],
    ['curl/8.5.0', 'curl/8.5.0'],
    ['', 'Unknown program'],
  ])('calls %j %j', (userAgent, name) => {
    expect(programName(userAgent)).toBe(name);
  });
});
