/**
 * When a view replaces another, the focus would fall back to the top of the page. It goes to the heading of the new view
 * instead, unless the reader has meanwhile moved it to something that is still there.
 */
export function focusOnMount(element: HTMLElement): void {
  const { activeElement } = document;
  if (activeElement === null || activeElement === document.body) element.focus({ preventScroll: true });
}
