/** What file systems take of a name is 255 bytes; some room is left for numbers and what browsers add. */
const MOST_BYTES = 200;

/** "interview.mp3" becomes "interview.srt". */
export function exportName(originalFilename: string, format: string): string {
  const stem = originalFilename.replace(/(?<=.)\.[^.]{1,5}$/, '');
  return `${withinBytes(stem, MOST_BYTES)}.${format}`;
}

/** Its beginning, without half a letter at the end. */
function withinBytes(text: string, most: number): string {
  const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  let bytes = 0;
  for (const { segment, index } of letters.segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > most) return text.slice(0, index).trimEnd();
  }
  return text;
}

/** Gives each file of a folder a name of its own, also where case makes no difference: "talk.srt", "talk (2).srt". */
export class FileNames {
  private readonly taken = new Set<string>();

  take(name: string): string {
    const [, stem = '', extension = ''] = /^(.*)(\.[^.]*)$/su.exec(name) ?? [];
    let free = name;
    for (let number = 2; this.taken.has(free.toLowerCase()); number++)
      free = `${stem} (${number})${extension}`;
    this.taken.add(free.toLowerCase());
    return free;
  }
}
