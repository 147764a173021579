import type { Component } from 'svelte';
import { matchRoute, type RouteParameters } from './route-match';

interface PageModule {
  /** Most pages take no parameters. */
  readonly default: Component<never>;
}

export interface Route {
  readonly pattern: string;
  readonly title: string;
  /** Each page is a file of its own, which is fetched when it is first gone to. */
  readonly load: () => Promise<PageModule>;
  /** Who may see it; absent: whoever is signed in. */
  readonly for?: 'anyone' | 'administrators';
}

const ROUTES: readonly Route[] = [
  { pattern: '/', title: 'Transcribe', load: () => import('../pages/UploadPage.svelte') },
  { pattern: '/app', title: 'Transcribe', load: () => import('../pages/UploadPage.svelte') },
  { pattern: '/app/jobs', title: 'Jobs', load: () => import('../pages/JobsPage.svelte') },
  { pattern: '/app/jobs/:id', title: 'Job', load: () => import('../pages/JobPage.svelte') },
  { pattern: '/app/search', title: 'Search', load: () => import('../pages/SearchPage.svelte') },
  { pattern: '/app/account/:part?', title: 'Account', load: () => import('../pages/AccountPage.svelte') },
  {
    pattern: '/app/admin/:part?',
    title: 'Administration',
    load: () => import('../pages/AdminPage.svelte'),
    for: 'administrators',
  },
  {
    pattern: '/app/sign-in',
    title: 'Sign in',
    load: () => import('../pages/SignInPage.svelte'),
    for: 'anyone',
  },
];

const NOT_FOUND: Route = {
  pattern: '',
  title: 'Page not found',
  load: () => import('../pages/NotFoundPage.svelte'),
  for: 'anyone',
};

/** Fetches the page of a route. It may be given the parameters of the path. */
export async function loadPage(route: Route): Promise<Component<{ parameters: RouteParameters }>> {
  return (await route.load()).default as Component<{ parameters: RouteParameters }>;
}

/** Always one: for a path that no page has, the page that says so. */
export function routeOf(path: string): { route: Route; parameters: RouteParameters } {
  for (const route of ROUTES) {
    const parameters = matchRoute(route.pattern, path);
    if (parameters !== null) return { route, parameters };
  }
  return { route: NOT_FOUND, parameters: {} };
}
