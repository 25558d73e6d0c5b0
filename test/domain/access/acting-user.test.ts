import { expect } from 'chai';
import {
  actingUser,
  actingUsername,
  isDirectService,
  requireDirectService,
} from '../../../src/domain/access/acting-user.ts';
import type { Caller } from '../../../src/domain/caller.ts';
import { userKey } from '../../../src/domain/records.ts';
import { absent, CARA, context, refusal, scene, service } from '../builders.ts';

const { caller: cara } = context;
const anonymous: Caller = { type: 'anonymous' };
const active = scene().caller;
const suspended = scene({ callerIs: 'suspended' }).caller;
const gone = absent(userKey(CARA), 7);

describe('a user who acts', () => {
  it('is the active user of that name', () => {
    expect(actingUser(cara, active, 'read')).to.equal(active.record);
    expect(actingUser(cara, active, 'write')).to.equal(active.record);
    expect(actingUsername(cara)).to.equal(CARA);
  });

  it('is unauthenticated when suspended, deleted or unknown', () => {
    expect(refusal(() => actingUser(cara, suspended, 'read'))).to.equal('unauthenticated');
    expect(refusal(() => actingUser(cara, gone, 'read'))).to.equal('unauthenticated');
    expect(refusal(() => actingUser(cara, undefined, 'read'))).to.equal('unauthenticated');
    expect(() => actingUser(cara, absent(userKey(CARA)), 'read')).to.throw(
      'The credentials do not belong to an active user.',
    );
  });

  it('cannot be nobody', () => {
    expect(refusal(() => actingUser(anonymous, undefined, 'read'))).to.equal('unauthenticated');
    expect(refusal(() => actingUsername(anonymous))).to.equal('unauthenticated');
  });
});

describe('a service on behalf of a user', () => {
  it('is that user, to read with the scope read and to change with the scope write', () => {
    expect(actingUser(service(['read'], CARA), active, 'read')).to.equal(active.record);
    expect(actingUser(service(['write'], CARA), active, 'write')).to.equal(active.record);
    expect(actingUser(service(['admin'], CARA), active, 'write')).to.equal(active.record);
    expect(actingUsername(service([], CARA))).to.equal(CARA);
  });

  it('is forbidden without the scope, which is told before anything about the user', () => {
    for (const loaded of [active, suspended, gone]) {
      expect(refusal(() => actingUser(service(['read'], CARA), loaded, 'write'))).to.equal('forbidden');
      expect(refusal(() => actingUser(service([], CARA), loaded, 'read'))).to.equal('forbidden');
    }
    expect(() => actingUser(service(['read'], CARA), active, 'write')).to.throw(
      'does not have the scope write',
    );
  });

  it('is told that there is no such user, or that the user is suspended', () => {
    for (const scope of ['write', 'admin'] as const) {
      expect(refusal(() => actingUser(service([scope], CARA), gone, 'read'))).to.equal('user_not_found');
      expect(refusal(() => actingUser(service([scope], CARA), undefined, 'read'))).to.equal('user_not_found');
      expect(refusal(() => actingUser(service([scope], CARA), suspended, 'read'))).to.equal('user_suspended');
    }
  });

  it('does not ask in its own name, whatever its scopes', () => {
    expect(isDirectService(service(['admin'], CARA), 'read')).to.equal(false);
  });
});

describe('a service in its own name', () => {
  it('is no user, and is told how to be one', () => {
    for (const scope of ['read', 'write', 'admin'] as const) {
      expect(refusal(() => actingUser(service([scope]), undefined, 'read'))).to.equal('forbidden');
      expect(() => actingUsername(service([scope]))).to.throw(
        'The service "billing" must name the user in the On-Behalf-Of header',
      );
    }
  });

  it('is itself with the scope that is needed, and else forbidden', () => {
    expect(isDirectService(service(['write']), 'read')).to.equal(true);
    expect(refusal(() => isDirectService(service(['write']), 'admin'))).to.equal('forbidden');
    expect(() => isDirectService(service([]), 'read')).to.throw(
      'The service "billing" does not have the scope read.',
    );
  });

  it('is not what users and nobody are', () => {
    expect(isDirectService(cara, 'read')).to.equal(false);
    expect(isDirectService(anonymous, 'read')).to.equal(false);
  });
});

describe('what only a service can do', () => {
  const attempt = (caller: Caller, loaded = active) =>
    refusal(() => requireDirectService(caller, caller === anonymous ? undefined : loaded, 'admin'));

  it('is done by one with the scope', () => {
    requireDirectService(service(['admin']), undefined, 'admin');
    requireDirectService(service(['read']), undefined, 'read');
  });

  it('is forbidden to users, to services without the scope, and on behalf of anybody', () => {
    expect(attempt(cara)).to.equal('forbidden');
    expect(attempt(service(['write']))).to.equal('forbidden');
    expect(attempt(service(['admin'], CARA))).to.equal('forbidden');
    expect(() => requireDirectService(cara, active, 'admin')).to.throw('with the scope admin');
  });

  it('is first of all not for those who are nobody', () => {
    expect(attempt(anonymous)).to.equal('unauthenticated');
    expect(attempt(cara, suspended)).to.equal('unauthenticated');
    expect(attempt(service(['admin'], CARA), suspended)).to.equal('user_suspended');
    expect(attempt(service(['admin'], CARA), gone)).to.equal('user_not_found');
  });
});
