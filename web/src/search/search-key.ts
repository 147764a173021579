import { router } from '../shell/router.svelte';

export const SEARCH_PATH = '/app/search';
export const SEARCH_FIELD = 'search-words';

/** `/` goes to the search from any page, except where it is typed into something. */
export function goToSearchByKey(event: KeyboardEvent): void {
  if (event.key !== '/' || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTypedInto(event.target) || document.querySelector('dialog[open]') !== null) return;
  event.preventDefault();
  if (router.path === SEARCH_PATH) document.getElementById(SEARCH_FIELD)?.focus();
  else router.go(SEARCH_PATH);
}

function isTypedInto(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable || target.matches('input:not([type=checkbox], [type=radio]), textarea, select')
  );
}
