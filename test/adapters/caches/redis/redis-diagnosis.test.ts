import { expect } from 'chai';
import { deadline } from '../../../support/deadline.ts';
import { infoReply, redisDouble, uniqueRedisAddress } from '../../../support/redis-double.ts';

describe('RedisDiagnosis', () => {
  async function diagnose(info: string) {
    const { connection, diagnosis } = await redisDouble(uniqueRedisAddress(), info);
    const findings = await diagnosis.diagnose(deadline(50));
    connection.close();
    return findings;
  }
  const withPolicy = (policy: string) => `${infoReply('run-1')}maxmemory_policy:${policy}\r\n`;

  it('reports the version of Redis', async () => {
    const [version, eviction] = await diagnose(`redis_version:7.0.15\r\n${withPolicy('noeviction')}`);
    expect(version).to.deep.equal({ level: 'ok', what: 'redis: version 7.0.15, a primary' });
    expect(eviction?.what).to.equal('redis: maxmemory-policy noeviction never evicts markers');
  });

  it('reports the version of Valkey, not that of the compatible Redis', async () => {
    const info = `redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.1.2\r\n`;
    const [version, eviction] = await diagnose(info + withPolicy('allkeys-lru'));
    expect(version).to.deep.equal({ level: 'ok', what: 'valkey: version 9.1.2, a primary' });
    expect(eviction?.what).to.equal(
      'valkey: maxmemory-policy allkeys-lru keeps the newest entries, which include the markers',
    );
  });

  const levels = {
    noeviction: 'ok',
    'allkeys-lru': 'ok',
    'volatile-lru': 'ok',
    'allkeys-random': 'warning',
    'volatile-random': 'warning',
    'volatile-ttl': 'problem',
  } as const;
  for (const [policy, level] of Object.entries(levels)) {
    it(`rates the eviction policy ${policy}: ${level}`, async () => {
      const [, eviction] = await diagnose(withPolicy(policy));
      expect(eviction?.level).to.equal(level);
      expect(eviction?.advice === undefined).to.equal(level === 'ok');
    });
  }

  it('warns if the server does not report its eviction policy', async () => {
    const [version, eviction] = await diagnose(infoReply('run-1'));
    expect(version?.what).to.equal('redis: version unknown, a primary');
    expect(eviction?.level).to.equal('warning');
  });

  it('reports a replica as a problem', async () => {
    const findings = await diagnose(infoReply('run-1', 'slave'));
    expect(findings).to.deep.equal([
      {
        level: 'problem',
        what: 'this Redis server is a replica, whose data may be stale; REDIS_URL must point to the primary',
      },
    ]);
  });

  it('reports a failed connection as a problem, with advice', async () => {
    const { connection, diagnosis, raw } = await redisDouble(uniqueRedisAddress());
    raw.emit('close');
    const [finding] = await diagnosis.diagnose(deadline(50));
    connection.close();
    expect(finding).to.deep.equal({
      level: 'problem',
      what: 'Redis closed the connection',
      advice: 'check REDIS_URL (host, port, rediss:// for TLS) and that the server is running',
    });
  });
});
