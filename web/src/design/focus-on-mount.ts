/** So that readers hear where they are, and Tab goes on from there, when a page replaces another. */
export function focusOnMount(element: HTMLElement): void {
  element.focus({ preventScroll: true });
}
