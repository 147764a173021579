import type { DumpedSequence, DumpedTable } from '../../platform/database/dump/table-dump.js';
import { damaged } from './backup-problem.js';

/** Of the archive. A program that knows a smaller number only cannot read it. */
export const FORMAT = 1;
export const MANIFEST = 'manifest.json';

export interface ArchivedFile {
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export interface ArchivedTable extends DumpedTable {
  readonly rows: number;
}

/** Says what is in an archive. docs/backup.md describes it. */
export interface Manifest {
  readonly format: number;
  readonly serviceVersion: string;
  /** ISO 8601; all that is in the archive is as it was then. */
  readonly createdAt: string;
  /** Of the schema that the tables have, in their order. */
  readonly migrations: readonly string[];
  readonly tables: readonly ArchivedTable[];
  readonly sequences: readonly DumpedSequence[];
  /** Keys of blobs that rows name and that were not in the store any more. */
  readonly missingBlobs: readonly string[];
  /** Keys of blobs that could not be read, or were not what had been stored. Absent in archives of before. */
  readonly damagedBlobs?: readonly string[];
  /** Derived from the SECRET_KEY of the service, and from the one before it: tells whether another key is the same, and nothing else. */
  readonly secretKeyChecks: readonly string[];
  readonly files: readonly ArchivedFile[];
}

const FILE_PATH =
  /^(?:database\/[a-z0-9_]+\.copy|blobs\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|secrets\/[a-z-]+)$/;

export const tablePath = (table: string): string => `database/${table}.copy`;
export const blobPath = (key: string): string => `blobs/${key}`;
export const secretPath = (name: string): string => `secrets/${name}`;

/** The key of the blob that a file of an archive is; null for another file. */
export function blobKeyOf(path: string): string | null {
  return path.startsWith('blobs/') ? path.slice('blobs/'.length) : null;
}

/** Whether all recordings that it should hold are in it, as they were stored. */
export function lacksNothing({ missingBlobs, damagedBlobs = [] }: Manifest): boolean {
  return missingBlobs.length === 0 && damagedBlobs.length === 0;
}

/** @throws BackupProblem */
export function parseManifest(text: string): Manifest {
  const value = parseJson(text);
  const isSound =
    isRecord(value) &&
    typeof value['format'] === 'number' &&
    typeof value['serviceVersion'] === 'string' &&
    typeof value['createdAt'] === 'string' &&
    isListOf(value['migrations'], isText) &&
    isListOf(value['tables'], isTable) &&
    isListOf(value['sequences'], isSequence) &&
    isListOf(value['missingBlobs'], isText) &&
    isListOf(value['damagedBlobs'] ?? [], isText) &&
    isListOf(value['secretKeyChecks'], isText) &&
    isListOf(value['files'], isFile);
  if (!isSound) throw damaged('its manifest is not one');
  const manifest = value as unknown as Manifest;
  const paths = new Set(manifest.files.map(({ path }) => path));
  if (paths.size !== manifest.files.length) throw damaged('its manifest names a file twice');
  for (const { name } of manifest.tables)
    if (!paths.has(tablePath(name))) throw damaged(`the rows of ${name} are not in it`);
  return manifest;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged('its manifest cannot be read', cause);
  }
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isTable(value: unknown): boolean {
  return (
    isRecord(value) && isText(value['name']) && isListOf(value['columns'], isText) && isCount(value['rows'])
  );
}

function isSequence(value: unknown): boolean {
  return (
    isRecord(value) && isText(value['name']) && (value['lastValue'] === null || isText(value['lastValue']))
  );
}

/** Nothing is written under a name that an archive makes up: these are the only ones. */
function isFile(value: unknown): boolean {
  return (
    isRecord(value) &&
    isText(value['path']) &&
    FILE_PATH.test(value['path']) &&
    isCount(value['bytes']) &&
    isText(value['sha256']) &&
    /^[0-9a-f]{64}$/.test(value['sha256'])
  );
}
