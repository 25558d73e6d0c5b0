import { connect } from 'node:net';
import { expect } from 'chai';
import { describeNetworkError } from '../../src/ports/network-error.ts';
import { freePort } from '../support/free-port.ts';

describe('describeNetworkError', () => {
  const errorOf = (host: string, port: number) =>
    new Promise<unknown>((resolve) => connect({ host, port }).once('error', resolve));

  it('describes a refused connection, with its address', async () => {
    const port = await freePort();
    expect(describeNetworkError(await errorOf('127.0.0.1', port))).to.equal(
      `connection refused (127.0.0.1:${port})`,
    );
  });

  it('describes the first failure where a host name has several addresses', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED ::1:1'), {
      code: 'ECONNREFUSED',
      address: '::1',
      port: 1,
    });
    expect(describeNetworkError(new AggregateError([refused, refused]))).to.equal(
      'connection refused (::1:1)',
    );
  });

  it('describes an unknown host name', () => {
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND redis.example'), {
      code: 'ENOTFOUND',
      hostname: 'redis.example',
    });
    expect(describeNetworkError(error)).to.equal('host name not found (redis.example)');
  });

  it('omits the address where the error has none', () => {
    expect(
      describeNetworkError(Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' })),
    ).to.equal('connection timed out');
  });

  it('returns undefined for any other error', () => {
    for (const error of [
      new Error('NOAUTH'),
      Object.assign(new Error('x'), { code: 'ERR_X' }),
      'text',
      undefined,
    ]) {
      expect(describeNetworkError(error)).to.equal(undefined);
    }
  });
});
