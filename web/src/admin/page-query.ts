import { router } from '../shell/router.svelte';

/** Puts the conditions of a list into the address of its page, so that it can be kept, shared and reloaded. Empty ones are left out. */
export function writePageQuery(conditions: Readonly<Record<string, string>>): void {
  const query = new URLSearchParams(Object.entries(conditions).filter(([, value]) => value !== ''));
  router.go(query.size === 0 ? router.path : `${router.path}?${query.toString()}`, { replace: true });
}
