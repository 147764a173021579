import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { keepCredential } from '../collected-logs.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const AXE = path.join(ROOT, 'node_modules/axe-core/axe.min.js');
export const SAMPLE = path.join(ROOT, 'docs/samples/sense-and-sensibility.wav');
export const TRANSCRIPTION_LIMIT_MS = 60_000;

/** A browser window with the app, as a person has it. What people see and do is named here, where it is on the page is not. */
export class WebPage {
  /** What the browser complained about: errors of scripts, and anything that the security policy stopped. */
  readonly complaints: string[] = [];

  private constructor(
    readonly url: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  static async open(browser: Browser, url: string): Promise<WebPage> {
    const context = await browser.newContext({
      viewport: { width: 1100, height: 860 },
      locale: 'en-GB',
      acceptDownloads: true,
    });
    return new WebPage(url, context, await context.newPage());
  }

  async goto(address: string): Promise<void> {
    await this.page.goto(this.url + address);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { level: 1, name });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  async signIn(username: string, password: string): Promise<void> {
    keepCredential(password);
    await this.page.getByLabel('User name').fill(username);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.button('Sign in').click();
  }

  async choose(...files: string[]): Promise<void> {
    await this.page.getByLabel('Choose recordings').setInputFiles(files);
  }

  /** From the start to the transcript. */
  async transcribe(file = SAMPLE): Promise<void> {
    await this.choose(file);
    await this.button('Transcribe').click();
    await this.awaitTranscript();
  }

  async awaitTranscript(): Promise<void> {
    await this.button('Copy text').waitFor({ timeout: TRANSCRIPTION_LIMIT_MS });
  }

  async text(): Promise<string> {
    return (await this.page.locator('.segments p').allInnerTexts()).join(' ');
  }

  /** Drops files as a person does: the events carry them, no field is filled by the test. Code for the page is text: tests know no DOM types. */
  async drop(files: readonly { name: string; type: string; content: Buffer }[]): Promise<void> {
    const carried = JSON.stringify(
      files.map(({ name, type, content }) => [name, type, content.toString('base64')]),
    );
    const transfer = await this.page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      for (const [name, type, base64] of ${carried}) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type }));
      }
      return transfer;
    })()`);
    for (const event of ['dragenter', 'dragover', 'drop'])
      await this.page.dispatchEvent('label.drop', event, { dataTransfer: transfer });
  }

  /** Faults that axe finds in the page as it stands, one line each. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(await readFile(AXE, 'utf8'));
    return this.page.evaluate<string[]>(`axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
      id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`);
  }

  /** What reaches beyond the edges of the window, of open dialogs and menus also where the page does not grow by it. */
  async overflowing(): Promise<string[]> {
    return this.page.evaluate<string[]>(`[
      ...(document.documentElement.scrollWidth <= window.innerWidth ? [] : document.querySelectorAll('body *')),
      ...document.querySelectorAll('dialog[open], dialog[open] *, details[open] *'),
    ].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 1 && (left < 0 || right > window.innerWidth);
    }).map((element) => element.outerHTML.slice(0, 80))`);
  }

  /** Whether the focus is on what has this label, or is in a field with it, or has this text. */
  async isFocused(name: string | RegExp): Promise<boolean> {
    const names = await this.page.evaluate<(string | undefined)[]>(`(({ ariaLabel, labels, textContent }) =>
      [ariaLabel, labels?.[0]?.textContent, textContent].map((name) => name?.trim()))(document.activeElement)`);
    return names.some((one = '') => (typeof name === 'string' ? one === name : name.test(one)));
  }

  /** Goes on with Tab, or back with `Shift+Tab`, until the focus is on what is called like this. */
  async tabTo(name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    for (let tab = 0; tab < 60; tab += 1) {
      if (await this.isFocused(name)) return;
      await this.page.keyboard.press(key);
    }
    throw new Error(`${key} does not lead to ${String(name)}`);
  }
}
