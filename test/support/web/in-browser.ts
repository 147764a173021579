import { afterAll, afterEach, beforeAll, beforeEach, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../open-browser.js';
import { WebPage } from './web-page.js';

const LIMIT_MS = 120_000;

/** What the tests of a file have while they run. */
export interface InBrowser<Service> {
  readonly service: Service;
  readonly browser: Browser;
  /** The window of this test. */
  readonly web: WebPage;
  readonly page: Page;
}

/**
 * For the tests of a file: a service and a browser for all of them, and a window for each.
 * @param switches further ones of the browser's command line
 */
export function inBrowser<Service extends { readonly url: string }>(
  open: () => Promise<Service>,
  close: (service: Service) => Promise<unknown>,
  switches: readonly string[] = [],
): InBrowser<Service> {
  let service: Service;
  let browser: Browser;
  let web: WebPage;
  jest.setTimeout(LIMIT_MS);
  beforeAll(async () => {
    service = await open();
    browser = await openBrowser(switches);
  });
  afterAll(async () => {
    await browser.close();
    await close(service);
  });
  beforeEach(async () => {
    web = await WebPage.open(browser, service.url);
  });
  afterEach(async () => {
    await web.context.close();
  });
  return {
    get service() {
      return service;
    },
    get browser() {
      return browser;
    },
    get web() {
      return web;
    },
    get page() {
      return web.page;
    },
  };
}
