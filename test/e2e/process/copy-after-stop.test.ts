import { copyFileSync, mkdirSync } from 'node:fs';
import { expect } from 'chai';
import { endProcesses, startRollcall, temporaryFolder } from '../../support/rollcall-process.ts';

describe('the SQLite file after a clean stop', function () {
  this.timeout(60_000);
  after(endProcesses);

  for (const cache of ['memory', 'none']) {
    it(`contains every record, and can be copied without its log (CACHE=${cache})`, async () => {
      const service = await startRollcall({ env: { CACHE: cache } });
      await service.createUser('ann');
      await service.createUser('bob');
      await service.createOrganization('ann', 'Acme');
      expect((await service.addMember('ann', 'acme', 'bob')).status).to.equal(201);
      service.signal('SIGTERM');
      expect(await service.exit()).to.equal(0);

      const folder = temporaryFolder();
      mkdirSync(`${folder}/data`);
      copyFileSync(`${service.folder}/data/rollcall.db`, `${folder}/data/rollcall.db`);
      const copy = await startRollcall({ folder, env: { CACHE: cache } });
      for (const name of ['ann', 'bob']) {
        const membership = `/organizations/acme/members/${name}`;
        expect((await copy.call('GET', membership, { as: 'ann' })).status, name).to.equal(200);
      }
      const events = await copy.call('GET', '/organizations/acme/events', { as: 'ann' });
      expect(events.body).to.have.property('events').with.length(2);
    });
  }
});
