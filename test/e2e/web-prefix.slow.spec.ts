/** The web app behind a proxy that has the service under a path prefix. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../support/open-browser.js';
import { type RunningService, startService } from '../support/start-service.js';
import { type CuttingProxy, openCuttingProxy } from '../support/web/cutting-proxy.js';
import { WebPage } from '../support/web/web-page.js';

jest.setTimeout(120_000);

let service: RunningService;
let proxy: CuttingProxy;
let browser: Browser;

beforeAll(async () => {
  service = await startService();
  proxy = await openCuttingProxy(service.url, '/speech/to-text');
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await proxy.close();
  await service.stop();
});

it('leads from a recording to its text below the prefix, and finds its way back after a reload', async () => {
  const web = await WebPage.open(browser, proxy.url);
  await web.goto('/');
  await web.transcribe();
  expect(new URL(web.page.url()).pathname).toMatch(/^\/speech\/to-text\/app\/jobs\/[\w-]{36}$/);
  await web.page.reload();
  await web.awaitTranscript();
  await web.page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await web.heading('Jobs').waitFor();
  await web.page.getByText('sense-and-sensibility.wav').waitFor();
  expect(web.complaints).toEqual([]);
});
