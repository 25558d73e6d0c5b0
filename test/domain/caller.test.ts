import { expect } from 'chai';
import { actorOf, effectiveUsername, hasScope, SCOPES, type Scope } from '../../src/domain/caller.ts';
import { service, TOM } from './builders.ts';

const anonymous = { type: 'anonymous' } as const;
const tom = { type: 'user', username: TOM } as const;

describe('actorOf', () => {
  it('returns the calling user', () => {
    expect(actorOf(tom)).to.deep.equal({ type: 'user', name: 'tom' });
  });

  it('returns an anonymous actor for a caller without credentials', () => {
    expect(actorOf(anonymous)).to.deep.equal({ type: 'anonymous' });
  });

  it('returns the service and the user it acts for', () => {
    expect(actorOf(service(['admin']))).to.deep.equal({ type: 'service', name: 'billing' });
    expect(actorOf(service(['write'], TOM))).to.deep.equal({
      type: 'service',
      name: 'billing',
      onBehalfOf: 'tom',
    });
  });
});

describe('effectiveUsername', () => {
  it('returns the calling user, or the one a service acts for', () => {
    expect(effectiveUsername(tom)).to.equal(TOM);
    expect(effectiveUsername(service([], TOM))).to.equal(TOM);
  });

  it('returns undefined for a service that acts for itself and an anonymous caller', () => {
    expect(effectiveUsername(service(['admin']))).to.equal(undefined);
    expect(effectiveUsername(anonymous)).to.equal(undefined);
  });
});

describe('hasScope', () => {
  const included: Readonly<Record<Scope, readonly Scope[]>> = {
    read: ['read'],
    write: ['read', 'write'],
    admin: ['read', 'write', 'admin'],
  };
  for (const given of SCOPES) {
    it(`finds ${included[given].join(', ')} in ${given}, and no other scope`, () => {
      const has = SCOPES.filter((scope) => hasScope({ type: 'service', name: 'x', scopes: [given] }, scope));
      expect(has).to.deep.equal(included[given]);
    });
  }

  it('uses the most powerful of several scopes, in any order', () => {
    for (const scopes of [
      ['read', 'admin'],
      ['admin', 'read'],
    ] as const) {
      expect(hasScope({ type: 'service', name: 'x', scopes }, 'admin')).to.equal(true);
    }
    expect(hasScope({ type: 'service', name: 'x', scopes: [] }, 'read')).to.equal(false);
  });
});
