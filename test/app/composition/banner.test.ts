import { expect } from 'chai';
import { banner } from '../../../src/app/composition/commands/banner.ts';
import { readConfig } from '../../../src/app/composition/config/read-config.ts';

const keyOf = (service: string) => `${service}:read:${'0'.repeat(64)}`;

describe('banner', () => {
  it('names the services with API keys once each', () => {
    const lines = banner(
      readConfig({ API_KEYS: `${keyOf('support')},${keyOf('billing')},${keyOf('support')}` }),
    );
    expect(lines.at(-1)).to.equal('keys   for services: support, billing');
  });

  it('shows no credentials', () => {
    const lines = banner(
      readConfig({
        STORE: 'postgres',
        DATABASE_URL: 'postgres://me:secret@db:5432/accounts',
        CACHE: 'redis',
        REDIS_URL: 'redis://me:secret@cache:6379',
      }),
    );
    expect(lines.slice(0, 2)).to.deep.equal([
      'store  postgres, accounts at db:5432',
      'cache  redis at cache:6379, key prefix rollcall:',
    ]);
    expect(lines.join('\n')).not.to.include('secret');
  });
});
