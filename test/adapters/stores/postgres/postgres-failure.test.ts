import { expect } from 'chai';
import { DatabaseError } from 'pg';
import {
  PostgresFailure,
  sqlStateOf,
  type Verdict,
} from '../../../../src/adapters/stores/postgres/connection/postgres-failure.ts';
import { StoreUnavailable } from '../../../../src/ports/errors.ts';

function answered(code: string): DatabaseError {
  return Object.assign(new DatabaseError(`the server said ${code}`, 1, 'error'), { code });
}

describe('PostgresFailure', () => {
  const verdicts: Readonly<Record<Verdict, readonly string[]>> = {
    // Serialization failure, deadlock, and a unique violation by a concurrent insert.
    transient: ['40001', '40P01', '23505'],
    // The session or the server has ended, or the server is starting, is full, or is a standby.
    lost: [
      '57P01',
      '57P02',
      '57P03',
      '08006',
      '08P01',
      '58000',
      'XX000',
      '25P03',
      '53300',
      '25006',
      '0A000',
      '55000',
    ],
    // Timeouts; missing privilege, table or database; wrong password; violated constraint; full disk.
    refused: ['57014', '55P03', '42501', '42P01', '28P01', '3D000', '23514', '23503', '53100'],
  };
  for (const [verdict, codes] of Object.entries(verdicts)) {
    it(`is ${verdict} for SQLSTATE ${codes.join(', ')}`, () => {
      for (const code of codes) {
        const failure = PostgresFailure.of(answered(code));
        expect(failure.verdict, code).to.equal(verdict);
        const by = failure.isStandby ? 'a standby answered: ' : '';
        expect(failure.message).to.equal(`${by}the server said ${code}`);
        expect(sqlStateOf(new StoreUnavailable('refused', { cause: failure }))).to.equal(code);
      }
    });
  }

  it('is lost for network errors, and refused for certificate errors', () => {
    for (const code of ['ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND', 'EPIPE']) {
      expect(PostgresFailure.of(Object.assign(new Error(code), { code })).verdict).to.equal('lost');
    }
    expect(PostgresFailure.of(new Error('Connection terminated unexpectedly')).verdict).to.equal('lost');
    for (const code of [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'CERT_HAS_EXPIRED',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ]) {
      const failure = PostgresFailure.of(Object.assign(new Error('not this one'), { code }));
      expect(failure.verdict, code).to.equal('refused');
      expect(failure.message).to.equal('its certificate is not accepted: not this one');
    }
  });

  it('is refused if the driver cannot authenticate', () => {
    const failure = PostgresFailure.of(
      new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
    );
    expect(failure.verdict).to.equal('refused');
    expect(failure.message).to.equal('the server requires a password, but none was given');
  });

  it('lists the causes if all addresses of a host name fail', () => {
    const both = new AggregateError([new Error('connect ::1'), new Error('connect 127.0.0.1')]);
    expect(PostgresFailure.of(both).message).to.equal('connect ::1; connect 127.0.0.1');
  });
});
