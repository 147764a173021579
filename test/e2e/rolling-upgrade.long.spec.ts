/** An upgrade while people use the service: the schema of the next version, and another process in the place of each. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MiniatureFolder } from '../support/scale-out/miniature-folder.js';
import { NextVersion } from '../support/scale-out/next-version.js';
import { MEMBERS, ScaleOutRoom } from '../support/scale-out/scale-out-room.js';
import { SteadyLoad } from '../support/scale-out/steady-load.js';
import { waitFor } from '../support/wait-for.js';

const LIMIT_MS = 600_000;

let models: MiniatureFolder;
let room: ScaleOutRoom;

beforeAll(async () => {
  models = await MiniatureFolder.make();
  room = await ScaleOutRoom.open(models.settings);
}, LIMIT_MS);

afterAll(async () => {
  await room.close();
  await models.remove();
}, LIMIT_MS);

describe('a rolling restart under steady load', () => {
  it(
    'fails no request, loses no job, tells of each of them once, and ends each process as it should',
    async () => {
      const load = new SteadyLoad(room.url, room.user);
      await load.begin();
      const codes: (number | null)[] = [];
      for (const name of MEMBERS) codes.push(await room.roll(name));
      await load.end();

      expect(load.failures).toEqual([]);
      expect(codes).toEqual(MEMBERS.map(() => 0));
      expect(await load.findFaults()).toEqual([]);
      expect(load.answers).toBeGreaterThan(100);
    },
    LIMIT_MS,
  );
});

describe('the schema of the next version', () => {
  let next: NextVersion;

  beforeAll(async () => {
    next = await NextVersion.make();
  });

  afterAll(async () => {
    await next.remove();
  });

  it(
    'comes while this one serves, even where a long transaction is in its way, and suits this one when it starts',
    async () => {
      const load = new SteadyLoad(room.url, room.user);
      await load.begin();
      const report = await room.openTransaction('select count(*) from jobs');
      const migration = next.migrate(room.postgres.url);
      await waitFor(() => migration.stdout.includes('A migration waits for a table'));
      const { answers } = load;
      await waitFor(() => load.answers > answers + 20, { what: 'answers while the migration waits' });
      await report.end();
      const { code, stderr } = await migration.end();
      await room.roll('one API');
      await room.roll('one worker');
      await load.end();

      expect([code, stderr]).toEqual([0, '']);
      expect(await room.query('select of_the_next_version from jobs limit 1')).toHaveLength(1);
      expect(load.failures).toEqual([]);
      expect(await load.findFaults()).toEqual([]);
    },
    LIMIT_MS,
  );
});
