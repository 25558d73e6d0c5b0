import { expect } from 'chai';
import {
  actingUser,
  actingUsername,
  isDirectService,
  requireDirectService,
} from '../../../src/domain/access/acting-user.ts';
import type { Caller } from '../../../src/domain/caller.ts';
import { userKey } from '../../../src/domain/records.ts';
import { absent, CARA, context, service } from '../builders.ts';
import { errorCode } from '../failures.ts';
import { recordsFor } from '../scenario.ts';

const { caller: cara } = context;
const anonymous: Caller = { type: 'anonymous' };
const active = recordsFor().caller;
const suspended = recordsFor({ callerStatus: 'suspended' }).caller;
const deleted = absent(userKey(CARA), 7);

describe('a user as the caller', () => {
  it('is the active user of that name', () => {
    expect(actingUser(cara, active, 'read')).to.equal(active.record);
    expect(actingUser(cara, active, 'write')).to.equal(active.record);
    expect(actingUsername(cara)).to.equal(CARA);
  });

  it('is unauthenticated when suspended, deleted or unknown', () => {
    expect(errorCode(() => actingUser(cara, suspended, 'read'))).to.equal('unauthenticated');
    expect(errorCode(() => actingUser(cara, deleted, 'read'))).to.equal('unauthenticated');
    expect(errorCode(() => actingUser(cara, undefined, 'read'))).to.equal('unauthenticated');
    expect(() => actingUser(cara, absent(userKey(CARA)), 'read')).to.throw(
      'The credentials do not belong to an active user.',
    );
  });

  it('cannot be anonymous', () => {
    expect(errorCode(() => actingUser(anonymous, undefined, 'read'))).to.equal('unauthenticated');
    expect(errorCode(() => actingUsername(anonymous))).to.equal('unauthenticated');
  });
});

describe('a service on behalf of a user', () => {
  it('acts as that user, with the scope read for reads and write for writes', () => {
    expect(actingUser(service(['read'], CARA), active, 'read')).to.equal(active.record);
    expect(actingUser(service(['write'], CARA), active, 'write')).to.equal(active.record);
    expect(actingUser(service(['admin'], CARA), active, 'write')).to.equal(active.record);
    expect(actingUsername(service([], CARA))).to.equal(CARA);
  });

  it('is forbidden without the scope, before the user is checked', () => {
    for (const loaded of [active, suspended, deleted]) {
      expect(errorCode(() => actingUser(service(['read'], CARA), loaded, 'write'))).to.equal('forbidden');
      expect(errorCode(() => actingUser(service([], CARA), loaded, 'read'))).to.equal('forbidden');
    }
    expect(() => actingUser(service(['read'], CARA), active, 'write')).to.throw(
      'does not have the scope write',
    );
  });

  it('gets an error that distinguishes missing and suspended users', () => {
    for (const scope of ['write', 'admin'] as const) {
      expect(errorCode(() => actingUser(service([scope], CARA), deleted, 'read'))).to.equal('user_not_found');
      expect(errorCode(() => actingUser(service([scope], CARA), undefined, 'read'))).to.equal(
        'user_not_found',
      );
      expect(errorCode(() => actingUser(service([scope], CARA), suspended, 'read'))).to.equal(
        'user_suspended',
      );
    }
  });

  it('is not a direct service, whatever its scopes', () => {
    expect(isDirectService(service(['admin'], CARA), 'read')).to.equal(false);
  });
});

describe('a service that acts for itself', () => {
  it('does not act as a user, and the error names the On-Behalf-Of header', () => {
    for (const scope of ['read', 'write', 'admin'] as const) {
      expect(errorCode(() => actingUser(service([scope]), undefined, 'read'))).to.equal('forbidden');
      expect(() => actingUsername(service([scope]))).to.throw(
        'The service "billing" must name the user in the On-Behalf-Of header',
      );
    }
  });

  it('is a direct service with the required scope, and forbidden without it', () => {
    expect(isDirectService(service(['write']), 'read')).to.equal(true);
    expect(errorCode(() => isDirectService(service(['write']), 'admin'))).to.equal('forbidden');
    expect(() => isDirectService(service([]), 'read')).to.throw(
      'The service "billing" does not have the scope read.',
    );
  });

  it('differs from users and anonymous callers', () => {
    expect(isDirectService(cara, 'read')).to.equal(false);
    expect(isDirectService(anonymous, 'read')).to.equal(false);
  });
});

describe('requireDirectService', () => {
  const attempt = (caller: Caller, loaded = active) =>
    errorCode(() => requireDirectService(caller, caller === anonymous ? undefined : loaded, 'admin'));

  it('accepts a service with the scope', () => {
    requireDirectService(service(['admin']), undefined, 'admin');
    requireDirectService(service(['read']), undefined, 'read');
  });

  it('forbids users, services without the scope, and services on behalf of a user', () => {
    expect(attempt(cara)).to.equal('forbidden');
    expect(attempt(service(['write']))).to.equal('forbidden');
    expect(attempt(service(['admin'], CARA))).to.equal('forbidden');
    expect(() => requireDirectService(cara, active, 'admin')).to.throw('with the scope admin');
  });

  it('rejects unauthenticated callers and inactive users first', () => {
    expect(attempt(anonymous)).to.equal('unauthenticated');
    expect(attempt(cara, suspended)).to.equal('unauthenticated');
    expect(attempt(service(['admin'], CARA), suspended)).to.equal('user_suspended');
    expect(attempt(service(['admin'], CARA), deleted)).to.equal('user_not_found');
  });
});
