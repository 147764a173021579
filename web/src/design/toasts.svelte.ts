const SHOWN_MS = 6000;

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: 'done' | 'failed';
}

/** Short messages about what was just done. They are read out, and nothing is lost when they go. */
class Toasts {
  shown = $state.raw<readonly Toast[]>([]);
  private last = 0;

  say(text: string, kind: Toast['kind'] = 'done'): void {
    this.last += 1;
    const id = this.last;
    this.shown = [...this.shown, { id, text, kind }];
    setTimeout(() => this.close(id), SHOWN_MS);
  }

  close(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
