import type { DocumentOutline } from './document-outline.js';

export interface DocxOrder {
  readonly id: number;
  readonly outline: DocumentOutline;
}

export type DocxReply =
  | { readonly id: number; readonly type: 'written'; readonly file: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly type: 'failed'; readonly error: Error };
