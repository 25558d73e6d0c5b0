import { expect } from 'chai';
import type { Environment } from '../../../src/app/composition/config/environment.ts';
import { InvalidConfiguration } from '../../../src/app/composition/config/invalid-configuration.ts';
import { readConfig } from '../../../src/app/composition/config/read-config.ts';

function problemsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof InvalidConfiguration) return error.problems;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('has a default for everything', () => {
    expect(readConfig({})).to.deep.equal({
      host: '127.0.0.1',
      port: 3000,
      store: { kind: 'sqlite', path: './data/rollcall.db' },
      cache: { kind: 'memory' },
      auth: { kind: 'header' },
      apiKeys: [],
      freshness: {
        foundTtlMs: 1_800_000,
        absentTtlMs: 60_000,
        ttlJitter: 0.1,
        markerTtlMs: 5000,
        leaseTtlMs: 2000,
        leaseWaitMs: 50,
        cacheTimeoutMs: 100,
        storeTimeoutMs: 2000,
        sample: 0.001,
      },
      tombstoneTtlMs: 604_800_000,
      logLevel: 'info',
      rateLimitPerMinute: 0,
      shutdownTimeoutMs: 10_000,
      trustProxy: 0,
      corsOrigins: [],
    });
  });

  it('reads what is set', () => {
    const config = readConfig({
      HOST: '::1',
      PORT: '0',
      STORE: 'sqlite',
      SQLITE_PATH: '/var/lib/rollcall.db',
      CACHE: 'none',
      AUTH: 'header',
      TTL_FOUND_SECONDS: '60',
      TTL_JITTER: '0',
      FRESHNESS_SAMPLE: '1',
      MARKER_TTL_MS: '10000',
      STORE_TIMEOUT_MS: '8000',
      TOMBSTONE_TTL_SECONDS: '86400',
      LOG_LEVEL: 'warn',
      RATE_LIMIT_PER_MINUTE: '600',
      SHUTDOWN_TIMEOUT_MS: '0',
      TRUST_PROXY: '2',
      CORS_ORIGINS: 'https://app.example.com, http://localhost:5173',
      NODE_ENV: 'development',
    });
    expect(config).to.deep.include({
      host: '::1',
      port: 0,
      store: { kind: 'sqlite', path: '/var/lib/rollcall.db' },
      cache: { kind: 'none' },
      tombstoneTtlMs: 86_400_000,
      logLevel: 'warn',
      rateLimitPerMinute: 600,
      shutdownTimeoutMs: 0,
      trustProxy: 2,
      corsOrigins: ['https://app.example.com', 'http://localhost:5173'],
    });
    expect(config.freshness).to.include({
      foundTtlMs: 60_000,
      ttlJitter: 0,
      sample: 1,
      markerTtlMs: 10_000,
      storeTimeoutMs: 8000,
    });
  });

  it('treats empty variables as not set', () => {
    const names = ['HOST', 'PORT', 'STORE', 'CACHE', 'AUTH', 'NODE_ENV', 'AWS_LAMBDA_FUNCTION_NAME'];
    const rest = ['SQLITE_PATH', 'TTL_JITTER', 'CORS_ORIGINS', 'LOG_LEVEL', 'STORE_TIMEOUT_MS'];
    const empty = Object.fromEntries([...names, ...rest].map((name) => [name, '']));
    expect(readConfig(empty)).to.deep.equal(readConfig({}));
  });

  const REFUSED: Readonly<Record<string, readonly string[]>> = {
    HOST: [' '],
    PORT: ['abc', '-1', '70000', '65536', '3000.5', '0x50', '1e3', ' 80', '٣'],
    STORE: ['mysql', 'SQLite', ' '],
    CACHE: ['foo', 'memory,none'],
    AUTH: ['jwt2', 'none'],
    SQLITE_PATH: [' '],
    DATABASE_POOL_MAX: ['1', 'many'],
    TABLE_NAME: ['ab', 'with space', 'x'.repeat(256), 'arn:aws:s3:::bucket'],
    DYNAMODB_ENDPOINT: ['localhost:8000', 'redis://localhost', 'http://'],
    MOMENTO_ENDPOINT: ['https://cache.example.com', 'a b', 'host:port'],
    MOMENTO_LOCAL: ['127.0.0.1', ':8080', '127.0.0.1:', 'http://127.0.0.1:8080'],
    TTL_FOUND_SECONDS: ['0', '-1', '86401', '30m'],
    TTL_ABSENT_SECONDS: ['0', 'forever'],
    TTL_JITTER: ['1', '1.0', '-0.1', '10%', '1e-1', 'NaN', '.', '0,1'],
    MARKER_TTL_MS: ['99', '600001'],
    LEASE_TTL_MS: ['9', '1s'],
    LEASE_WAIT_MS: ['-1', '60001'],
    CACHE_TIMEOUT_MS: ['0', 'Infinity'],
    STORE_TIMEOUT_MS: ['9', '999999999999999999999'],
    FRESHNESS_SAMPLE: ['1.01', '2', '-1', '1e-3', '.', 'all'],
    TOMBSTONE_TTL_SECONDS: ['86399'],
    LOG_LEVEL: ['loud', 'INFO'],
    RATE_LIMIT_PER_MINUTE: ['-1', '1.5'],
    SHUTDOWN_TIMEOUT_MS: ['-1', '10s'],
    TRUST_PROXY: ['true', '101'],
    CORS_ORIGINS: ['foo', '*', 'https://app.example.com/', 'https://a.example,,https://b.example', 'null'],
  };
  for (const [name, given] of Object.entries(REFUSED)) {
    for (const value of given) {
      it(`refuses ${name}=${JSON.stringify(value)} and names what is expected`, () => {
        const [problem, ...others] = problemsOf({ [name]: value });
        expect(problem).to.match(new RegExp(`^${name}: .+ is not valid; expected: .{2,}`, 's'));
        expect(problem).to.include(`${name}: ${JSON.stringify(value)} is not valid; `);
        expect(problem).not.to.include('undefined');
        expect(others).to.deep.equal([]);
      });
    }
  }

  it('reports every problem', () => {
    const problems = problemsOf({
      PORT: 'abc',
      STORE: 'mysql',
      CACHE: 'foo',
      HOST: '0.0.0.0',
      LOG_LEVEL: 'loud',
    });
    const names = problems.map((problem) => problem.split(':')[0]);
    expect(names).to.have.members(['PORT', 'STORE', 'CACHE', 'HOST', 'LOG_LEVEL']);
  });

  it('reports each problem on one line, even if the value has several lines', () => {
    expect(() => readConfig({ STORE: 'a\nb', PORT: 'c' }))
      .to.throw(InvalidConfiguration)
      .with.property('message');
    expect(problemsOf({ STORE: 'a\nb' }).join()).not.to.include('\n');
  });
});

describe('readConfig, combinations', () => {
  it('has no default for AUTH in production', () => {
    const problems = problemsOf({ NODE_ENV: 'production' });
    expect(problems).to.have.length(1);
    expect(problems[0])
      .to.match(/^AUTH: not set, with NODE_ENV=production; /)
      .and.include('this version has no AUTH for production');
  });

  it('refuses AUTH=header in production', () => {
    const problems = problemsOf({ NODE_ENV: 'production', AUTH: 'header' });
    expect(problems).to.have.length(1);
    expect(problems[0])
      .to.match(/^AUTH: "header", with NODE_ENV=production; /)
      .and.include('this version has no AUTH for production');
  });

  it('reports an AUTH that is not valid only as such, also in production', () => {
    const problems = problemsOf({ NODE_ENV: 'production', AUTH: 'jwt2' });
    expect(problems.join('\n'))
      .to.include(
        'AUTH: "jwt2" is not valid; expected: header (for development only; this version has no AUTH for production)',
      )
      .and.not.to.include('not set');
  });

  it('refuses a cache in the process with a shared store', () => {
    const problems = problemsOf({ STORE: 'dynamodb', CACHE: 'memory' });
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(
      /^CACHE: "memory" is not allowed with STORE=dynamodb.*; expected: none, redis or momento$/,
    );
    expect(problemsOf({ STORE: 'dynamodb' })[0]).to.match(/^CACHE: "memory" is not allowed/);
    expect(problemsOf({ STORE: 'dynamodb', CACHE: 'none' })).to.deep.equal([]);
    expect(problemsOf({ STORE: 'postgres' })[0]).to.match(/^CACHE: "memory" is not allowed/);
  });

  it('expects exactly one kind of credentials for Momento', () => {
    const momento = (given: Environment) => problemsOf({ CACHE: 'momento', ...given });
    expect(momento({})[0]).to.match(
      /^CACHE: "momento" with no credentials; expected: exactly one of MOMENTO_API_KEY, /,
    );
    expect(momento({ MOMENTO_API_KEY: 'secret!', MOMENTO_LOCAL: '127.0.0.1:1' })[0]).to.match(
      /^CACHE: "momento" with MOMENTO_API_KEY and MOMENTO_LOCAL; expected: exactly one of /,
    );
    for (const name of ['MOMENTO_API_KEY', 'MOMENTO_SECRET_ID']) {
      expect(momento({ [name]: 'something' })).to.deep.equal([]);
    }
    expect(readConfig({ CACHE: 'momento', MOMENTO_LOCAL: '127.0.0.1:8080' }).cache).to.deep.equal({
      kind: 'momento',
      cacheName: 'rollcall',
      access: { kind: 'local', host: '127.0.0.1', port: 8080 },
    });
  });

  it('refuses AUTH=header on AWS Lambda', () => {
    const problems = problemsOf({ AWS_LAMBDA_FUNCTION_NAME: 'rollcall' });
    expect(problems).to.have.length(1);
    expect(problems[0])
      .to.match(/^AUTH: not set, on AWS Lambda; /)
      .and.include('this version has no AUTH for production');
  });

  for (const host of ['0.0.0.0', '::', '192.168.1.10', 'rollcall.example.com', '127.0.0.1.example.com']) {
    it(`refuses AUTH=header on HOST=${host}`, () => {
      const problems = problemsOf({ HOST: host });
      expect(problems).to.have.length(1);
      expect(problems[0])
        .to.include(`HOST: ${JSON.stringify(host)} is not allowed with AUTH=header; expected: `)
        .and.include('127.0.0.1');
    });
  }

  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) {
    it(`accepts HOST=${host}`, () => {
      expect(readConfig({ HOST: host }).host).to.equal(host);
    });
  }

  it('refuses a store timeout over 80 % of the marker TTL', () => {
    expect(problemsOf({ MARKER_TTL_MS: '5000', STORE_TIMEOUT_MS: '4000' })).to.deep.equal([]);
    const problems = problemsOf({ MARKER_TTL_MS: '5000', STORE_TIMEOUT_MS: '4001' });
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(
      /^STORE_TIMEOUT_MS: "4001" is too long with MARKER_TTL_MS=5000; expected: at most 4000/,
    );
  });

  it('refuses a marker TTL that the default store timeout does not fit', () => {
    expect(problemsOf({ MARKER_TTL_MS: '2000' })[0]).to.match(/STORE_TIMEOUT_MS.*MARKER_TTL_MS=2000.*1600/);
  });
});
