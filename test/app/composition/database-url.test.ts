import { expect } from 'chai';
import { banner } from '../../../src/app/composition/commands/banner.ts';
import { InvalidConfiguration } from '../../../src/app/composition/config/invalid-configuration.ts';
import { readConfig } from '../../../src/app/composition/config/read-config.ts';

function problemsOf(url: string): readonly string[] {
  try {
    readConfig({ STORE: 'postgres', CACHE: 'none', DATABASE_URL: url });
  } catch (error) {
    expect(error).to.be.instanceOf(InvalidConfiguration);
    return (error as InvalidConfiguration).problems;
  }
  return expect.fail('it should have been refused');
}

describe('DATABASE_URL in the configuration', () => {
  it('is refused with each problem on its own line, without the value', () => {
    expect(problemsOf('postgres://ann:hunter2@db/a?ssl_mode=verify-full&connection_limit=5')).to.deep.equal([
      'DATABASE_URL is not valid (value hidden): ssl_mode is not a parameter; write sslmode',
      'DATABASE_URL is not valid (value hidden): connection_limit is not supported; set DATABASE_POOL_MAX instead',
    ]);
  });

  it('is shown as the place that is connected to', () => {
    const url = 'postgres://ann:hunter2@db.example.com:9999/rollcall?host=127.0.0.1&port=6618';
    const lines = banner(readConfig({ STORE: 'postgres', CACHE: 'none', DATABASE_URL: url })).join('\n');
    expect(lines).to.contain('store  postgres, rollcall at 127.0.0.1:6618\n').and.not.contain('hunter2');
  });

  it('defaults to the database rollcall on this machine', () => {
    const { store } = readConfig({ STORE: 'postgres', CACHE: 'none' });
    expect(store).to.have.nested.property('target.database', 'rollcall');
    expect(store).to.have.deep.nested.property('target.hosts', [{ host: '127.0.0.1', port: 5432 }]);
  });
});
