import { expect } from 'chai';
import { connectionFinding } from '../../../../src/adapters/stores/postgres/connection-finding.ts';
import type { TlsMode } from '../../../../src/adapters/stores/postgres/url/tls-mode.ts';

const find = (host: string, mode: TlsMode['mode'], isEncrypted: boolean, serverTls?: string) => {
  const endpoint = { host, port: 5432, tls: false, mayFallBack: false } as const;
  const { level, what } = connectionFinding({ endpoint, isEncrypted, serverTls }, { mode });
  return `${level} ${what.replace('postgresql: connection to ', '')}`;
};

describe('what the doctor says of the connection to PostgreSQL', () => {
  it('warns if it is not encrypted, or the server not verified, and leaves this machine', () => {
    expect(find('db', 'prefer', false)).to.equal('warning db:5432: not encrypted');
    expect(find('db', 'require', true, 'TLSv1.3')).to.equal(
      'warning db:5432: encrypted (TLSv1.3), server not verified (sslmode=require)',
    );
    expect(find('db', 'verify-ca', true, 'TLSv1.3')).to.equal(
      'warning db:5432: encrypted (TLSv1.3), certificate verified, host name not verified (sslmode=verify-ca)',
    );
    expect(find('db', 'verify-full', true, 'TLSv1.3')).to.equal(
      'ok db:5432: encrypted (TLSv1.3), certificate and host name verified (sslmode=verify-full)',
    );
  });

  it('does not warn on this machine', () => {
    for (const host of ['localhost', '127.0.0.1', '::1'])
      expect(find(host, 'prefer', false)).to.match(/^ok /);
    expect(find('/run/postgresql', 'verify-full', false)).to.equal(
      'ok /run/postgresql/.s.PGSQL.5432: Unix socket',
    );
  });

  it('says where encryption ends before the server', () => {
    expect(find('db', 'verify-full', true)).to.match(
      /^warning .* beyond a pooler or proxy .* not encrypted$/,
    );
  });
});
