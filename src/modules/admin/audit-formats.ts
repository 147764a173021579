import { plainCell } from '../../platform/runtime/plain-cell.js';
import type { AuditEventView } from '../auth/audit/audit-event.view.js';
import { toAuditEventDto, type AuditEventDto } from './dto/audit.response.dto.js';

/** How the trail is written to a file. */
export interface AuditFormat {
  readonly mediaType: string;
  /** What comes before the events. */
  readonly head: string;
  readonly line: (event: AuditEventView) => string;
}

const COLUMNS = [
  'id',
  'occurred_at',
  'action',
  'outcome',
  'actor_kind',
  'actor_id',
  'actor_name',
  'credential',
  'credential_id',
  'object_kind',
  'object_id',
  'address',
  'request_id',
  'details',
] as const satisfies readonly (keyof AuditEventDto)[];

export const AUDIT_FORMATS = {
  csv: { mediaType: 'text/csv; charset=utf-8', head: record(COLUMNS), line: writeCsv },
  ndjson: { mediaType: 'application/x-ndjson; charset=utf-8', head: '', line: writeJson },
} as const satisfies Record<string, AuditFormat>;

export type AuditFormatName = keyof typeof AUDIT_FORMATS;
export const AUDIT_FORMAT_NAMES = Object.keys(AUDIT_FORMATS) as AuditFormatName[];

export async function* writeAuditEvents(
  pages: AsyncIterable<readonly AuditEventView[]>,
  { head, line }: AuditFormat,
): AsyncGenerator<string, void> {
  yield head;
  for await (const events of pages) yield events.map(line).join('');
}

function writeJson(event: AuditEventView): string {
  return `${JSON.stringify(toAuditEventDto(event))}\n`;
}

function writeCsv(event: AuditEventView): string {
  const dto = toAuditEventDto(event);
  return record(
    COLUMNS.map((name) => (name === 'details' ? JSON.stringify(dto.details) : (dto[name] ?? ''))),
  );
}

/** After RFC 4180. */
function record(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(text: string): string {
  return `"${plainCell(text).replaceAll('"', '""')}"`;
}
