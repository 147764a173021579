import { SERVICE_ROOT } from '../api/service';
import { pathOfOldAddress } from './route-match';

/** Below the prefix of the service, without a slash at its end. */
const PREFIX = SERVICE_ROOT.pathname.replace(/\/$/, '');

/** Where in the app the browser is. Paths are those of the app, as in `/app/jobs`, whatever prefix a proxy puts before them. */
class Router {
  path = $state('/');
  query = $state.raw(new URLSearchParams());
  /** Counts the pages that were gone to, and not changes of the query. */
  visits = $state(0);

  start(): void {
    const moved = pathOfOldAddress(window.location.hash);
    if (moved !== null) window.history.replaceState(null, '', hrefOf(moved));
    this.read();
    window.addEventListener('popstate', () => this.read());
    window.addEventListener('hashchange', () => {
      const path = pathOfOldAddress(window.location.hash);
      if (path !== null) this.go(path, { replace: true });
    });
    document.addEventListener('click', (event) => this.follow(event));
  }

  go(path: string, { replace = false } = {}): void {
    if (replace) window.history.replaceState(null, '', hrefOf(path));
    else window.history.pushState(null, '', hrefOf(path));
    const before = this.path;
    this.read();
    if (this.path !== before) window.scrollTo(0, 0);
  }

  private read(): void {
    const { pathname, search } = window.location;
    const path = pathname.startsWith(PREFIX) ? pathname.slice(PREFIX.length) : pathname;
    if (path !== this.path) this.visits += 1;
    this.path = path;
    this.query = new URLSearchParams(search);
  }

  /** Plain clicks on links to pages of the app stay in it; everything else is the browser's. */
  private follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.target !== '' || link.hasAttribute('download')) return;
    const path = pageOf(new URL(link.href));
    if (path === null) return;
    event.preventDefault();
    this.go(path);
  }
}

export const router = new Router();

/** The address of a page of the app, for links. */
export function hrefOf(path: string): string {
  return PREFIX + path;
}

/** The path, query and place of an address that the app answers for, else null. Places within the page that is shown are the browser's. */
function pageOf({ origin, pathname, search, hash }: URL): string | null {
  if (origin !== window.location.origin || !pathname.startsWith(PREFIX)) return null;
  if (hash !== '' && pathname === window.location.pathname) return null;
  const path = pathname.slice(PREFIX.length);
  return /^\/(app(\/.*)?)?$/.test(path) ? path + search + hash : null;
}
