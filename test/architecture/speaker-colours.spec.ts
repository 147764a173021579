/** The colours of speakers in the web app: readable on all that is under them, and told apart also by those who see fewer colours. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SPEAKER_COLOURS } from '../../web/src/transcript/speaker-colours.js';

type Rgb = readonly [number, number, number];

const TOKENS = readFileSync(path.resolve(import.meta.dirname, '../../web/src/design/tokens.css'), 'utf8');
const UNDER_THEM = ['surface', 'sunken', 'accent-soft'];
/** AA for text. */
const LEAST_CONTRAST = 4.5;
/** In OKLab, where 0.02 is what one just sees side by side. */
const LEAST_DIFFERENCE = 0.09;

/** What colours look like to eyes that lack a kind of cones (Machado, Oliveira and Fernandes 2009, severity 1). */
const EYES = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no red cones': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green cones': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  'no blue cones': [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
} as const;

/** In linear light. */
function token(name: string, theme: 'light' | 'dark'): Rgb {
  const [, light = '', dark = ''] =
    new RegExp(`--${name}: light-dark\\(#([0-9a-f]{6}), #([0-9a-f]{6})\\)`).exec(TOKENS) ?? [];
  const hex = theme === 'light' ? light : dark;
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return [red ?? NaN, green ?? NaN, blue ?? NaN];
}

function mixed(matrix: readonly (readonly number[])[], [red, green, blue]: Rgb): Rgb {
  const [one = 0, two = 0, three = 0] = matrix.map(([r = 0, g = 0, b = 0]) => r * red + g * green + b * blue);
  return [one, two, three];
}

const luminance = ([red, green, blue]: Rgb): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue;

function contrast(one: Rgb, other: Rgb): number {
  const [less = 0, more = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (more + 0.05) / (less + 0.05);
}

/** https://bottosson.github.io/posts/oklab */
function oklab(colour: Rgb): Rgb {
  const cones = mixed(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    colour,
  );
  const [long, middle, short] = cones.map(Math.cbrt);
  return mixed(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    [long ?? NaN, middle ?? NaN, short ?? NaN],
  );
}

const NUMBERS = Array.from({ length: SPEAKER_COLOURS }, (_, index) => index + 1);

describe.each(['light', 'dark'] as const)('the colours of speakers in the %s theme', (theme) => {
  const colours = NUMBERS.map((number) => token(`speaker-${number}`, theme));

  it.each(UNDER_THEM)('are readable on %s', (under) => {
    const ground = token(under, theme);
    for (const colour of colours) expect(contrast(colour, ground)).toBeGreaterThanOrEqual(LEAST_CONTRAST);
  });

  it.each(Object.entries(EYES))('are far from each other for eyes with %s', (_, eyes) => {
    const seen = colours.map((colour) => {
      const [red, green, blue] = mixed(eyes, colour);
      return oklab([Math.max(0, red), Math.max(0, green), Math.max(0, blue)]);
    });
    seen.forEach((one, index) => {
      for (const other of seen.slice(index + 1))
        expect(Math.hypot(...one.map((value, axis) => value - (other[axis] ?? NaN)))).toBeGreaterThan(
          LEAST_DIFFERENCE,
        );
    });
  });
});
