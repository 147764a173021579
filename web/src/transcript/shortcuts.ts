export const SKIP_SECONDS = 5;

export type Command =
  | 'toggle'
  | 'back'
  | 'forward'
  | 'slower'
  | 'faster'
  | 'undo'
  | 'redo'
  | 'save'
  | 'find'
  | 'split'
  | 'split-speaker'
  | 'who'
  | 'speaker'
  | 'merge-previous'
  | 'merge-next'
  | 'previous'
  | 'next'
  | 'help';

interface Shortcut {
  readonly command: Command;
  readonly keys: string;
  readonly does: string;
  readonly matches: (event: KeyboardEvent) => boolean;
  /** Keys without a modifier write where somebody writes. */
  readonly outsideText?: true;
}

const withControl = (event: KeyboardEvent): boolean => (event.ctrlKey || event.metaKey) && !event.altKey;
const withAlt = (event: KeyboardEvent): boolean => event.altKey && !event.ctrlKey && !event.metaKey;
const plain = (event: KeyboardEvent): boolean => !event.altKey && !event.ctrlKey && !event.metaKey;
const letter = (event: KeyboardEvent, key: string): boolean => event.key.toLowerCase() === key;

/** Alt is asked by the place of the key, since with it macOS writes other letters. */
export const SHORTCUTS: readonly Shortcut[] = [
  {
    command: 'toggle',
    keys: 'Alt+K',
    does: 'Play or pause',
    matches: (e) => withAlt(e) && e.code === 'KeyK',
  },
  {
    command: 'toggle',
    keys: 'Space or K',
    does: 'Play or pause, outside of text',
    matches: (e) => plain(e) && (e.key === ' ' || letter(e, 'k')),
    outsideText: true,
  },
  {
    command: 'back',
    keys: 'Alt+J',
    does: `Back ${SKIP_SECONDS} seconds`,
    matches: (e) => withAlt(e) && e.code === 'KeyJ',
  },
  {
    command: 'forward',
    keys: 'Alt+L',
    does: `Forward ${SKIP_SECONDS} seconds`,
    matches: (e) => withAlt(e) && e.code === 'KeyL',
  },
  { command: 'slower', keys: 'Alt+,', does: 'Slower', matches: (e) => withAlt(e) && e.code === 'Comma' },
  { command: 'faster', keys: 'Alt+.', does: 'Faster', matches: (e) => withAlt(e) && e.code === 'Period' },
  {
    command: 'undo',
    keys: 'Ctrl+Z',
    does: 'Undo',
    matches: (e) => withControl(e) && !e.shiftKey && letter(e, 'z'),
  },
  {
    command: 'redo',
    keys: 'Ctrl+Shift+Z or Ctrl+Y',
    does: 'Redo',
    matches: (e) => withControl(e) && ((e.shiftKey && letter(e, 'z')) || letter(e, 'y')),
  },
  { command: 'save', keys: 'Ctrl+S', does: 'Save now', matches: (e) => withControl(e) && letter(e, 's') },
  {
    command: 'find',
    keys: 'Ctrl+F',
    does: 'Find and replace',
    matches: (e) => withControl(e) && letter(e, 'f'),
  },
  {
    command: 'split',
    keys: 'Ctrl+Enter',
    does: 'Split the segment at the caret',
    matches: (e) => withControl(e) && !e.shiftKey && e.key === 'Enter',
  },
  {
    command: 'split-speaker',
    keys: 'Ctrl+Shift+Enter',
    does: 'Split it there for somebody else',
    matches: (e) => withControl(e) && e.shiftKey && e.key === 'Enter',
  },
  {
    command: 'who',
    keys: 'Alt+Shift+S',
    does: 'Say who speaks in the segment',
    matches: (e) => withAlt(e) && e.shiftKey && e.code === 'KeyS',
  },
  {
    command: 'speaker',
    keys: 'Alt+Shift+1 to 9',
    does: 'Give the segment to the speaker of this number',
    matches: (e) => withAlt(e) && e.shiftKey && /^Digit[1-9]$/.test(e.code),
  },
  {
    command: 'merge-previous',
    keys: 'Alt+Shift+↑',
    does: 'Merge with the segment before',
    matches: (e) => withAlt(e) && e.shiftKey && e.key === 'ArrowUp',
  },
  {
    command: 'merge-next',
    keys: 'Alt+Shift+↓',
    does: 'Merge with the next segment',
    matches: (e) => withAlt(e) && e.shiftKey && e.key === 'ArrowDown',
  },
  {
    command: 'previous',
    keys: 'Alt+↑',
    does: 'To the segment before',
    matches: (e) => withAlt(e) && !e.shiftKey && e.key === 'ArrowUp',
  },
  {
    command: 'next',
    keys: 'Alt+↓',
    does: 'To the next segment',
    matches: (e) => withAlt(e) && !e.shiftKey && e.key === 'ArrowDown',
  },
  {
    command: 'help',
    keys: '?',
    does: 'This list, outside of text',
    matches: (e) => plain(e) && e.key === '?',
    outsideText: true,
  },
];

/** What a key means; null: it is the browser's. */
export function commandOf(event: KeyboardEvent): Command | null {
  const shortcut = SHORTCUTS.find(
    ({ matches, outsideText }) => matches(event) && !(outsideText === true && takesKeys(event.target)),
  );
  return shortcut?.command ?? null;
}

/** Where plain keys have a meaning of their own. */
function takesKeys(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('input, textarea, select, button, a, summary, dialog') !== null
  );
}
