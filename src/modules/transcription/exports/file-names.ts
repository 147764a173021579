/** "interview.mp3" becomes "interview.srt". */
export function exportName(originalFilename: string, format: string): string {
  const stem = originalFilename.replace(/(?<=.)\.[^.]{1,5}$/, '');
  return `${stem}.${format}`;
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
