import { describe, expect, it } from '@jest/globals';
import type { AuditEventView } from '../auth/audit/audit-event.view.js';
import { AUDIT_FORMATS, writeAuditEvents, type AuditFormatName } from './audit-formats.js';

const EVENT: AuditEventView = {
  id: '0190aaaa-bbbb-7ccc-8ddd-00000000000a',
  occurredAt: new Date('2026-11-24T12:00:00Z'),
  actorKind: 'user',
  actorId: '0190aaaa-bbbb-7ccc-8ddd-00000000000b',
  actorName: '=HYPERLINK("https://evil.example","anna")',
  credential: 'session',
  credentialId: '0190aaaa-bbbb-7ccc-8ddd-00000000000c',
  action: 'user.created',
  objectKind: 'user',
  objectId: null,
  outcome: 'success',
  address: '192.0.2.7',
  requestId: '-1+1',
  details: { username: '"berta", or\r\nso', role: 'user' },
};

async function write(name: AuditFormatName, pages: AuditEventView[][]): Promise<string> {
  async function* open(): AsyncGenerator<AuditEventView[]> {
    for (const page of pages) yield await Promise.resolve(page);
  }
  let text = '';
  for await (const part of writeAuditEvents(open(), AUDIT_FORMATS[name])) text += part;
  return text;
}

describe('the trail as CSV', () => {
  it('has a head, and a line for each event', async () => {
    const lines = (await write('csv', [[EVENT], [EVENT, EVENT]])).split('\r\n');

    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe(
      '"id","occurred_at","action","outcome","actor_kind","actor_id","actor_name","credential","credential_id","object_kind","object_id","address","request_id","details"',
    );
    expect(lines[4]).toBe('');
  });

  it('gives a spreadsheet texts and no formulas', async () => {
    const text = await write('csv', [[EVENT]]);

    expect(text).toContain(`,"'=HYPERLINK(""https://evil.example"",""anna"")",`);
    expect(text).toContain(`,"'-1+1",`);
    for (const start of ['=', '+', '-', '@', '\t', '\r', '\n'])
      expect(await write('csv', [[{ ...EVENT, actorName: `${start}1` }]])).toContain(`,"'${start}1",`);
  });

  it('quotes whatever would end a cell', async () => {
    expect(await write('csv', [[EVENT]])).toContain(
      String.raw`,"{""username"":""\""berta\"", or\r\nso"",""role"":""user""}"`,
    );
  });
});

describe('the trail as NDJSON', () => {
  it('is an object on each line, as the API gives it', async () => {
    const lines = (await write('ndjson', [[EVENT, EVENT], []])).split('\n');

    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      id: EVENT.id,
      occurred_at: '2026-11-24T12:00:00.000Z',
      object_id: null,
      details: EVENT.details,
    });
  });
});
