/** What opens over the pages of the web app (dialogs, menus, the find bar): as it looks in both themes, as it is heard, on a narrow screen. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { ADMIN_PASSWORD } from '../support/accounts.js';
import { openBrowser } from '../support/open-browser.js';
import { expectGoodLooks } from '../support/web/good-looks.js';
import { TranscriptRoom, type TranscriptPage } from '../support/web/transcript-page.js';
import { WebPage } from '../support/web/web-page.js';

const HEARD = [
  { start: 0, end: 4, text: 'The famly of Dashwood had long been settled in Sussex.' },
  { start: 4, end: 8, text: 'Their estate was large, and their residence was at Norland Park.' },
];

type Opening = readonly [name: string, open: () => Promise<void>];

jest.setTimeout(120_000);

let room: TranscriptRoom;
let browser: Browser;
let web: WebPage;
let page: Page;

beforeAll(async () => {
  room = await TranscriptRoom.open();
  await room.hear(HEARD);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await room.close();
});
afterEach(async () => {
  await web.context.close();
});

async function openAs(name: string, address: string, heading: string | RegExp): Promise<void> {
  web = await WebPage.open(browser, room.users.url);
  page = web.page;
  await web.goto(`/app/sign-in?back=${encodeURIComponent(address)}`);
  await web.signIn(name, ADMIN_PASSWORD);
  await web.heading(heading).waitFor();
}

async function dialog(): Promise<void> {
  await page.getByRole('dialog').waitFor();
}

describe('over a transcript', () => {
  let editor: TranscriptPage;

  beforeEach(async () => {
    await room.hear(HEARD);
    editor = await room.openPage(browser);
    web = editor.web;
    page = web.page;
  });

  const changed = async (): Promise<void> => {
    await editor.field(0).fill('The family of Dashwood had long been settled in Sussex.');
    await editor.saveNow();
  };
  const OPENINGS: readonly Opening[] = [
    ['shortcuts', () => web.button('Keyboard shortcuts').click()],
    ['export', () => web.button('Export').click()],
    [
      'export-subtitles',
      async () => {
        await web.button('Export').click();
        await page.getByLabel('Format').selectOption('srt');
      },
    ],
    [
      'versions',
      async () => {
        await changed();
        await web.button('Versions').click();
        await web.button('Compare').click();
        await page.locator('ins').first().waitFor();
      },
    ],
    [
      'times',
      async () => {
        await editor.field(0).focus();
        await web.button('Times').click();
        await page.getByLabel('End').fill('nothing');
        await web.button('Set times').click();
      },
    ],
    [
      'names',
      async () => {
        await editor.field(0).focus();
        await editor.speakerTool.click();
      },
    ],
    ['delete-job', () => web.button('Delete').click()],
  ];

  it.each(OPENINGS)(
    'the dialog %s is without faults in both themes, and fits 360 pixels',
    async (name, open) => {
      await open();
      await dialog();
      await expectGoodLooks(web, `over-${name}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
  );

  it('so is the one of a conflict, with the difference', async () => {
    const other = await room.openPage(browser);
    await other.field(0).fill('The family of Dashwood were settled in Sussex for long.');
    await other.saveNow();
    await changed().catch(() => undefined);
    await dialog();
    await web.button('See the difference').click();
    await page.locator('ins').first().waitFor();
    await expectGoodLooks(web, 'over-conflict');
    await other.web.context.close();
  });

  it('so is the find bar, with what is found, and the segment that is edited', async () => {
    await editor.field(0).focus();
    await page.keyboard.press('Control+f');
    await page.getByLabel('Find', { exact: true }).fill('was');
    await editor.state('1 of 2');
    await expectGoodLooks(web, 'over-find');
  });
});

describe('over other pages', () => {
  const OPENINGS: readonly Opening[] = [
    [
      'account-menu',
      async () => {
        await openAs('anna', '/app/jobs', 'Jobs');
        await page.locator('summary[aria-label="Account"]').click();
        await page.getByRole('link', { name: 'Account and theme' }).waitFor();
      },
    ],
    [
      'download-menu',
      async () => {
        await openAs('anna', '/app/jobs', 'Jobs');
        await page.getByLabel('Select all that are loaded').check();
        await page.locator('summary[aria-label="Download"]').click();
        await web.button('SRT').waitFor();
      },
    ],
    [
      'delete-jobs',
      async () => {
        await openAs('anna', '/app/jobs', 'Jobs');
        await page.getByLabel('Select all that are loaded').check();
        await web.button('Delete').click();
        await dialog();
      },
    ],
    [
      'new-key',
      async () => {
        await openAs('bob', '/app/account/keys', 'Account');
        await page.getByLabel('Name').fill('a program of mine');
        await page.getByLabel('Name').press('Enter');
        await dialog();
      },
    ],
    [
      'revoke-key',
      async () => {
        await openAs('anna', '/app/account/keys', 'Account');
        await web
          .button(/^Revoke/)
          .first()
          .click();
        await dialog();
      },
    ],
    [
      'delete-webhook',
      async () => {
        await openAs('anna', '/app/account/webhooks', 'Account');
        await web.button('Delete').first().click();
        await dialog();
      },
    ],
    [
      'new-user',
      async () => {
        await openAs('admin', '/app/admin/users', 'Administration');
        await web.button('Add a user').click();
        await dialog();
      },
    ],
    [
      'reset-password',
      async () => {
        await openAs('admin', '/app/admin/users', 'Administration');
        await page.getByRole('list', { name: 'Users' }).locator('summary').first().click();
        await web.button('Reset password').click();
        await dialog();
      },
    ],
  ];

  it.each(OPENINGS)('%s is without faults in both themes, and fits 360 pixels', async (name, open) => {
    await open();
    await expectGoodLooks(web, `over-${name}`);
  });
});
