import type { Component } from 'svelte';

interface AdminPart {
  /** The last part of its address; that of the first one is empty. */
  readonly path: string;
  readonly name: string;
  readonly load: () => Promise<{ readonly default: Component }>;
}

/** Each is fetched when it is first gone to. */
export const ADMIN_PARTS: readonly AdminPart[] = [
  { path: '', name: 'Overview', load: () => import('./OverviewPart.svelte') },
  { path: 'users', name: 'Users', load: () => import('./UsersPart.svelte') },
  { path: 'models', name: 'Models', load: () => import('./ModelsPart.svelte') },
  { path: 'workers', name: 'Workers', load: () => import('./WorkersPart.svelte') },
  { path: 'jobs', name: 'Jobs', load: () => import('./JobsPart.svelte') },
  { path: 'storage', name: 'Storage', load: () => import('./StoragePart.svelte') },
  { path: 'uploads', name: 'Uploads', load: () => import('./UploadsPart.svelte') },
  { path: 'settings', name: 'Settings', load: () => import('./SettingsPart.svelte') },
  { path: 'health', name: 'Health', load: () => import('./HealthPart.svelte') },
  { path: 'audit', name: 'Audit trail', load: () => import('./AuditPart.svelte') },
];
