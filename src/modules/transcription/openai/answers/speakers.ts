const LETTERS = 26;

/** Names for the channels of a recording: letters in the order in which they are first heard. */
export class Speakers {
  private readonly names = new Map<number, string>();

  nameOf(channel: number): string {
    const name = this.names.get(channel) ?? letterOf(this.names.size);
    this.names.set(channel, name);
    return name;
  }
}

/** A to Z, then AA. */
function letterOf(index: number): string {
  const before = Math.floor(index / LETTERS);
  const letter = String.fromCharCode('A'.charCodeAt(0) + (index % LETTERS));
  return before === 0 ? letter : letterOf(before - 1) + letter;
}
