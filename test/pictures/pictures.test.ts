import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { pictures } from './pictures.ts';
import { race } from './race.ts';

describe('the pictures in docs', () => {
  it('show the race: read-aside and write-aside caching keep a stale value, the protocol does not', async () => {
    expect((await race('tutorial')).at(-1)).to.include({
      what: 'get → Admin',
      cache: 'stale: Admin',
      store: 'no member',
    });
    expect((await race('protocol')).at(-1)).to.include({
      what: 'get → no member',
      cache: 'value: no member',
      store: 'no member',
    });
  });

  it('are those that the code draws (npm run pictures)', async () => {
    for (const [name, svg] of await pictures()) {
      expect(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8'), name).to.equal(svg);
    }
  });
});
