import { userInfo } from 'node:os';
import { expect } from 'chai';
import {
  describeTarget,
  InvalidDatabaseUrl,
  parseDatabaseUrl,
} from '../../../../src/adapters/stores/postgres/url/database-url.ts';

const LOGIN = userInfo().username;

/** What is wrong with a URL. */
function problemsOf(url: string): readonly string[] {
  try {
    parseDatabaseUrl(url);
  } catch (error) {
    expect(error).to.be.instanceOf(InvalidDatabaseUrl);
    return (error as InvalidDatabaseUrl).problems;
  }
  return expect.fail(`${url} should have been refused`);
}

describe('DATABASE_URL', () => {
  describe('names a server', () => {
    const targets: Readonly<Record<string, object>> = {
      'postgres://ann:secret@db.example.com:6543/accounts': {
        user: 'ann',
        password: 'secret',
        database: 'accounts',
        hosts: [{ host: 'db.example.com', port: 6543 }],
      },
      'postgresql://ann@db/accounts': {
        user: 'ann',
        password: undefined,
        database: 'accounts',
        hosts: [{ host: 'db', port: 5432 }],
      },
      // As libpq: the login name, and the database of that name.
      'postgres://127.0.0.1': { user: LOGIN, database: LOGIN, hosts: [{ host: '127.0.0.1', port: 5432 }] },
      'postgres://ann@db/': { user: 'ann', database: 'ann' },
      'postgres://ann@[::1]:6543/accounts': { hosts: [{ host: '::1', port: 6543 }] },
      // Parameters take precedence, as they do in libpq.
      'postgres://db1:1/a?host=db2&port=2&user=bob&password=other&dbname=b': {
        user: 'bob',
        password: 'other',
        database: 'b',
        hosts: [{ host: 'db2', port: 2 }],
      },
      'postgres://ann:p%40%3A%2F%25%3F%23%26%3D%20%C3%A9@db/a%2Fb': {
        password: 'p@:/%?#&= é',
        database: 'a/b',
      },
      'postgres://ann:a:b@db/a': { user: 'ann', password: 'a:b' },
      'postgres://db/a?application_name=x&options=-c%20search_path%3Dpublic': {
        applicationName: 'x',
        options: '-c search_path=public',
      },
    };
    for (const [url, target] of Object.entries(targets)) {
      it(url, () => expect(parseDatabaseUrl(url)).to.deep.include(target));
    }
  });

  describe('names several servers, as libpq does', () => {
    const three = [
      { host: 'h1', port: 1 },
      { host: 'h2', port: 5432 },
      { host: '::1', port: 3 },
    ];
    const urls: Readonly<Record<string, object>> = {
      'postgres://ann@h1:1,h2,[::1]:3/a?target_session_attrs=read-write': three,
      'postgres://ann@/a?host=h1,h2,::1&port=1,,3&target_session_attrs=primary': three,
      'postgres://ann@/a?host=h1,h2&port=7': [
        { host: 'h1', port: 7 },
        { host: 'h2', port: 7 },
      ],
    };
    for (const [url, hosts] of Object.entries(urls)) {
      it(url, () => expect(parseDatabaseUrl(url).hosts).to.deep.equal(hosts));
    }

    it('refuses a number of ports that fits no number of hosts', () => {
      expect(problemsOf('postgres://ann@/a?host=h1,h2,h3&port=1,2')).to.deep.equal([
        'port has 2 entries and host has 3; give one port for all hosts, or one for each',
      ]);
    });
  });

  describe('names a Unix socket, as libpq does', () => {
    for (const url of [
      'postgres://ann@/a?host=/run/postgresql&port=6543',
      'postgres:///a?host=/run/postgresql&user=ann&port=6543',
      'postgres://ann@%2Frun%2Fpostgresql:6543/a',
      'postgres://ann@localhost:6543/a?host=/run/postgresql',
    ]) {
      it(url, () => {
        const target = parseDatabaseUrl(url);
        expect(target.hosts).to.deep.equal([{ host: '/run/postgresql', port: 6543 }]);
        expect(target).to.deep.include({ user: 'ann', database: 'a' });
      });
    }
  });

  describe('refuses, by name, parameters that would be ignored', () => {
    const refused: Readonly<Record<string, RegExp>> = {
      ssl_mode: /^ssl_mode is not a parameter; write sslmode$/,
      SSLMODE: /^SSLMODE is not a parameter; write sslmode$/,
      sslRootCert: /write sslrootcert$/,
      ssl: /write sslmode/,
      applicationName: /write application_name$/,
      database: /write dbname$/,
      username: /write user$/,
      connection_limit: /set DATABASE_POOL_MAX/,
      max: /set DATABASE_POOL_MAX/,
      pool_max: /set DATABASE_POOL_MAX/,
      pool_timeout: /set STORE_TIMEOUT_MS/,
      statement_timeout: /set STORE_TIMEOUT_MS/,
      query_timeout: /set STORE_TIMEOUT_MS/,
      lock_timeout: /set STORE_TIMEOUT_MS/,
      connect_timeout: /set STORE_TIMEOUT_MS/,
      schema: /the schema is always "rollcall"/,
      currentSchema: /the schema is always "rollcall"/,
      pgbouncer: /works behind PgBouncer without a setting/,
      uselibpqcompat: /sslmode has the meaning of libpq already/,
      load_balance_hosts: /uses the primary only/,
      client_encoding: /always UTF8/,
      nonsense: /^nonsense is not supported; supported: application_name, channel_binding, dbname, /,
    };
    for (const [name, problem] of Object.entries(refused)) {
      it(name, () => {
        const [found, ...others] = problemsOf(`postgres://ann@db/a?${name}=1`);
        expect(found).to.match(problem);
        expect(others).to.deep.equal([]);
      });
    }

    it('all of them at once', () => {
      expect(problemsOf('postgres://ann@db/a?ssl_mode=require&max=3&sslmode=yes')).to.have.length(3);
    });

    it('a parameter that is given twice', () => {
      expect(problemsOf('postgres://ann@db/a?sslmode=require&sslmode=disable')).to.deep.equal([
        'sslmode is given twice',
      ]);
    });

    it('values of target_session_attrs that exclude the primary', () => {
      for (const value of ['read-only', 'standby', 'prefer-standby']) {
        expect(problemsOf(`postgres://ann@db/a?target_session_attrs=${value}`)[0]).to.match(
          /^target_session_attrs=.* Rollcall uses the primary only; write read-write, or omit it$/,
        );
      }
      for (const value of ['any', 'read-write', 'primary']) {
        expect(parseDatabaseUrl(`postgres://ann@db/a?target_session_attrs=${value}`).hosts).to.have.length(1);
      }
    });
  });

  describe('refuses what libpq could not read, without showing the password', () => {
    const refused: Readonly<Record<string, RegExp>> = {
      'postgres://ann:hunter#2@db/a': /"#", .*percent-encode it as %23/,
      'postgres://ann:hunter/2@db/a': /"\/" or "\?" in the password.*%2F.*%3F/,
      'postgres://ann:hunter?2@db/a': /"\/" or "\?" in the password.*%2F.*%3F/,
      'postgres://ann:hunter@2@db/a': /"@" in the user or the password.*%40/,
      'postgres://ann:hunter%2@db/a': /"%" .*percent-encode it as %25/,
      'postgres://ann:hunter%ff2@db/a': /is not UTF-8/,
      'postgres://ann:hunter 2@db/a': /a space.*%20/,
      'postgres://ann:hunter2@[::1/a': /host/,
      'postgres://ann:hunter2@db:99999/a': /the port of db must be a whole number from 1 to 65535/,
      'postgres://ann:hunter2@db:x/a': /the port of db must be a whole number from 1 to 65535/,
      'postgres://ann:hunter2@/a': /names no host/,
      'mysql://ann:hunter2@db/a': /must begin with postgres:\/\/ or postgresql:\/\//,
      hunter2: /must begin with postgres:\/\//,
    };
    for (const [url, problem] of Object.entries(refused)) {
      it(url, () => {
        const problems = problemsOf(url);
        expect(problems[0]).to.match(problem);
        expect(problems.join()).to.not.contain('hunter');
      });
    }
  });

  describe('has the TLS modes of libpq', () => {
    const tlsOf = (query: string) => parseDatabaseUrl(`postgres://ann@db/a${query}`).tls;

    it('prefer, without sslmode', () => expect(tlsOf('')).to.deep.equal({ mode: 'prefer' }));
    for (const mode of ['disable', 'prefer', 'require', 'verify-ca', 'verify-full']) {
      it(mode, () => expect(tlsOf(`?sslmode=${mode}`)).to.deep.equal({ mode }));
    }

    it('sslrootcert makes require verify the CA', () => {
      expect(tlsOf('?sslmode=require&sslrootcert=/ca.crt')).to.deep.equal({
        mode: 'verify-ca',
        rootCertificate: '/ca.crt',
      });
    });

    it('sslrootcert=system makes verify-full the default, and allows nothing less', () => {
      expect(tlsOf('?sslrootcert=system')).to.deep.equal({ mode: 'verify-full', rootCertificate: 'system' });
      expect(problemsOf('postgres://ann@db/a?sslrootcert=system&sslmode=require')[0]).to.contain(
        'sslmode=verify-full',
      );
    });

    it('a client certificate and its key', () => {
      expect(tlsOf('?sslmode=require&sslcert=/c.crt&sslkey=/c.key')).to.deep.equal({
        mode: 'require',
        certificate: '/c.crt',
        key: '/c.key',
      });
      expect(problemsOf('postgres://ann@db/a?sslmode=require&sslcert=/c.crt')[0]).to.contain('sslkey');
      expect(problemsOf('postgres://ann@db/a?sslmode=require&sslkey=/c.key')[0]).to.contain('sslcert');
    });

    it('sslnegotiation=direct, where TLS is required', () => {
      expect(tlsOf('?sslmode=require&sslnegotiation=direct')).to.deep.equal({
        mode: 'require',
        isDirect: true,
      });
      expect(tlsOf('?sslnegotiation=postgres')).to.deep.equal({ mode: 'prefer' });
      expect(problemsOf('postgres://ann@db/a?sslnegotiation=direct')[0]).to.contain('sslmode=require');
      expect(problemsOf('postgres://ann@db/a?sslnegotiation=soon')[0]).to.contain('postgres or direct');
    });

    const refused: Readonly<Record<string, RegExp>> = {
      'sslmode=allow': /^sslmode=allow is not supported.*; write prefer or require$/,
      'sslmode=no-verify': /write require/,
      'sslmode=nonsense': /^sslmode must be one of disable, prefer, require, verify-ca, verify-full$/,
      'sslmode=prefer&sslrootcert=/ca.crt': /sslrootcert has no effect with sslmode=prefer/,
      'sslmode=disable&sslcert=/c&sslkey=/k': /sslcert has no effect with sslmode=disable/,
      'channel_binding=require': /channel_binding=require is not supported.*sslmode=verify-full/,
      'gssencmode=require': /gssencmode=require is not supported/,
    };
    for (const [query, problem] of Object.entries(refused)) {
      it(`refuses ${query}`, () => expect(problemsOf(`postgres://ann@db/a?${query}`)[0]).to.match(problem));
    }

    it('accepts what asks for no more than it does', () => {
      for (const query of [
        'channel_binding=prefer',
        'channel_binding=disable',
        'gssencmode=disable',
        'gssencmode=prefer',
      ]) {
        expect(tlsOf(`?${query}`)).to.deep.equal({ mode: 'prefer' });
      }
    });

    it('ignores TLS on a Unix socket', () => {
      expect(parseDatabaseUrl('postgres://ann@/a?host=/run&sslmode=verify-full').tls).to.deep.equal({
        mode: 'verify-full',
      });
    });
  });

  it('is described by the places that are connected to, without user and password', () => {
    const described: Readonly<Record<string, string>> = {
      'postgres://ann:secret@db.example.com:9999/rollcall?host=127.0.0.1&port=6618':
        'rollcall at 127.0.0.1:6618',
      'postgres://ann:secret@h1,[::1]:2/a': 'a at h1:5432, [::1]:2',
      'postgres://ann@/a?host=/run/postgresql': 'a at /run/postgresql/.s.PGSQL.5432',
    };
    for (const [url, text] of Object.entries(described)) {
      expect(describeTarget(parseDatabaseUrl(url))).to.equal(text);
    }
  });
});
