import { expect } from 'chai';
import { InvalidConfiguration } from '../../../src/app/composition/config/invalid-configuration.ts';
import { readConfig } from '../../../src/app/composition/config/read-config.ts';

const accepts = (url: string): boolean => {
  try {
    return readConfig({ CACHE: 'redis', REDIS_URL: url }).cache.kind === 'redis';
  } catch (error) {
    if (!(error instanceof InvalidConfiguration)) throw error;
    expect(error.problems).to.have.length(1);
    expect(error.problems[0])
      .to.match(/^REDIS_URL is not valid \(value hidden\); expected: redis:\/\//)
      .and.not.include('secret');
    return false;
  }
};

describe('REDIS_URL', () => {
  it('is a host, with a port, credentials and a database if need be', () => {
    for (const url of [
      'redis://localhost',
      'redis://127.0.0.1:6379/',
      'redis://[::1]:6379/15',
      'rediss://user:secret@cache.example.com:6380/0',
      'redis://:secr%40et@cache',
      'valkey://cache',
      'valkeys://cache:6380',
      'redis+sentinel://user:secret@one:26379,two/mymaster/0',
      'rediss+sentinel://one,[::1]:26379/mymaster',
    ]) {
      expect(accepts(url), url).to.equal(true);
    }
  });

  it('has no options: the driver would take a prefix of its own from them, or send things twice', () => {
    for (const url of [
      'redis://:secret@localhost?keyPrefix=mine:',
      'redis://:secret@localhost/0?db=1',
      'redis://:secret@localhost/?autoResendUnfulfilledCommands=true',
      'redis://:secret@localhost/0#here',
    ]) {
      expect(accepts(url), url).to.equal(false);
    }
  });

  it('is nothing else', () => {
    for (const url of [
      'secret',
      'localhost:6379',
      'http://:secret@localhost',
      'redis://',
      'redis:///1',
      'redis://:secret@localhost/first',
      'redis://:secret@localhost/0/1',
      'redis://:secret@localhost/-1',
      'redis://:secret%@localhost',
      'redis://:secret@one,two/0',
      'redis+sentinel://:secret@one,two',
      'redis+sentinel://:secret@one,/mymaster',
      'redis://:secret@localhost:70000',
    ]) {
      expect(accepts(url), url).to.equal(false);
    }
  });
});
