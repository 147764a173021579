/** Every process of the service is replaced while people use it, as an upgrade does it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MiniatureFolder } from '../support/scale-out/miniature-folder.js';
import { MEMBERS, ScaleOutRoom } from '../support/scale-out/scale-out-room.js';
import { SteadyLoad } from '../support/scale-out/steady-load.js';

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
