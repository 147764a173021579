export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3] as const;

/** The recording as it is played. While it plays the time follows every frame: the events of the player come too rarely for words. */
export class Playback {
  time = $state(0);
  duration = $state(0);
  playing = $state(false);
  speed = $state(1);
  /** False: the browser does not know the format. */
  playable = $state(true);
  private audio: HTMLAudioElement | null = null;
  /** Where to go as soon as there is a player. */
  private wanted: number | null = null;
  /** Where it stops by itself; null: at the end. */
  private stopAt: number | null = null;
  private frame = 0;

  attach(audio: HTMLAudioElement): () => void {
    this.audio = audio;
    if (this.wanted !== null) audio.currentTime = this.wanted;
    const told = new AbortController();
    const on = (event: string, listener: () => void): void =>
      audio.addEventListener(event, listener, { signal: told.signal });
    on('play', () => this.follow());
    on('pause', () => this.rest());
    on('ended', () => this.rest());
    on('seeked', () => this.read());
    on('durationchange', () => this.read());
    on('error', () => (this.playable = false));
    return () => {
      told.abort();
      this.rest();
      this.audio = null;
    };
  }

  seek(seconds: number): void {
    const time = Math.max(0, this.duration > 0 ? Math.min(seconds, this.duration) : seconds);
    this.time = time;
    this.stopAt = null;
    if (this.audio === null) this.wanted = time;
    else this.audio.currentTime = time;
  }

  skip(seconds: number): void {
    this.seek(this.time + seconds);
  }

  play(): void {
    // A browser that does not let it start leaves the player where it is.
    void this.audio?.play().catch(() => undefined);
  }

  /** Plays a part of it and stops there. */
  playPart(start: number, end: number): void {
    this.seek(start);
    this.stopAt = end;
    this.play();
  }

  toggle(): void {
    if (this.playing) this.audio?.pause();
    else this.play();
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    if (this.audio !== null) this.audio.playbackRate = speed;
  }

  /** The next one of the speeds that there are. */
  changeSpeed(direction: 1 | -1): void {
    const index = SPEEDS.findIndex((speed) => speed >= this.speed) + direction;
    this.setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, index))] ?? 1);
  }

  private follow(): void {
    this.playing = true;
    cancelAnimationFrame(this.frame);
    const next = (): void => {
      this.read();
      if (this.stopAt !== null && this.time >= this.stopAt) this.audio?.pause();
      this.frame = requestAnimationFrame(next);
    };
    next();
  }

  private rest(): void {
    this.playing = false;
    this.stopAt = null;
    cancelAnimationFrame(this.frame);
    this.read();
  }

  private read(): void {
    if (this.audio === null) return;
    this.time = this.audio.currentTime;
    if (Number.isFinite(this.audio.duration)) this.duration = this.audio.duration;
  }
}
