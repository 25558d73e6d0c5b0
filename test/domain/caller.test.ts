import { expect } from 'chai';
import { actorOf, effectiveUsername, hasScope, SCOPES, type Scope } from '../../src/domain/caller.ts';
import { service, TOM } from './builders.ts';

const anonymous = { type: 'anonymous' } as const;
const tom = { type: 'user', username: TOM } as const;

describe('the actor in an event', () => {
  it('is the calling user by name', () => {
    expect(actorOf(tom)).to.deep.equal({ type: 'user', name: 'tom' });
  });

  it('is nobody in particular where the caller gave no credentials', () => {
    expect(actorOf(anonymous)).to.deep.equal({ type: 'anonymous' });
  });

  it('is the service by name, with the user whom it acts for if there is one', () => {
    expect(actorOf(service(['admin']))).to.deep.equal({ type: 'service', name: 'billing' });
    expect(actorOf(service(['write'], TOM))).to.deep.equal({
      type: 'service',
      name: 'billing',
      onBehalfOf: 'tom',
    });
  });
});

describe('the user behind a caller', () => {
  it('is the caller, or the one whom a service acts for', () => {
    expect(effectiveUsername(tom)).to.equal(TOM);
    expect(effectiveUsername(service([], TOM))).to.equal(TOM);
  });

  it('is none of a service in its own name, nor of nobody', () => {
    expect(effectiveUsername(service(['admin']))).to.equal(undefined);
    expect(effectiveUsername(anonymous)).to.equal(undefined);
  });
});

describe('a scope', () => {
  const included: Readonly<Record<Scope, readonly Scope[]>> = {
    read: ['read'],
    write: ['read', 'write'],
    admin: ['read', 'write', 'admin'],
  };
  for (const given of SCOPES) {
    it(`${given} includes ${included[given].join(', ')} and nothing else`, () => {
      const has = SCOPES.filter((scope) => hasScope({ type: 'service', name: 'x', scopes: [given] }, scope));
      expect(has).to.deep.equal(included[given]);
    });
  }

  it('is what the most powerful of several gives, in whatever order', () => {
    for (const scopes of [
      ['read', 'admin'],
      ['admin', 'read'],
    ] as const) {
      expect(hasScope({ type: 'service', name: 'x', scopes }, 'admin')).to.equal(true);
    }
    expect(hasScope({ type: 'service', name: 'x', scopes: [] }, 'read')).to.equal(false);
  });
});
