import { expect, it } from '@jest/globals';
import { EditHistory } from './edit-history';

it('takes typing without a break back at once, and everything else step by step', () => {
  const history = new EditHistory<string>();
  history.record('', 0, 'text a');
  history.record('o', 500, 'text a');
  history.record('on', 900);
  history.record('on|', 950, 'text b');
  expect(history.undo('on|e')).toBe('on|');
  expect(history.undo('on|')).toBe('on');
  expect(history.undo('on')).toBe('');
  expect(history.undo('')).toBeUndefined();
  expect(history.redo('')).toBe('on');
  history.record('on', 2000);
  expect(history.canRedo).toBe(false);
});
