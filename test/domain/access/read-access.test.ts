import { expect } from 'chai';
import {
  maySeeMembership,
  readableOrganization,
  readableUser,
  selfOrService,
} from '../../../src/domain/access/read-access.ts';
import type { Caller } from '../../../src/domain/caller.ts';
import { CARA, context, service, withoutCaller } from '../builders.ts';
import { errorCode } from '../failures.ts';
import { recordsFor, recordsForSelf, type Scenario } from '../scenario.ts';

const { caller: cara } = context;
const anonymous: Caller = { type: 'anonymous' };
const onBehalf = service(['read'], CARA);
const reader = service(['read']);
const recordsWithoutCaller = (scenario: Scenario = {}) => withoutCaller(recordsFor(scenario));

describe('readableUser', () => {
  it('returns the user to users, services with the scope read, and anonymous callers', () => {
    const { record } = recordsFor().user;
    expect(readableUser(recordsFor(), cara)).to.deep.equal(record);
    expect(readableUser(recordsFor(), onBehalf)).to.deep.equal(record);
    expect(readableUser(recordsWithoutCaller(), reader)).to.deep.equal(record);
    expect(readableUser(recordsWithoutCaller(), anonymous)).to.deep.equal(record);
  });

  it('returns suspended users, but not deleted ones', () => {
    const suspended = recordsWithoutCaller({ targetStatus: 'suspended' });
    expect(readableUser(suspended, anonymous).status).to.equal('suspended');
    for (const caller of [anonymous, reader]) {
      expect(
        errorCode(() => readableUser(recordsWithoutCaller({ targetStatus: 'absent' }), caller)),
      ).to.equal('user_not_found');
    }
  });

  it('rejects suspended callers and services without a scope', () => {
    const scenario = { callerStatus: 'suspended', targetStatus: 'absent' } as const;
    expect(errorCode(() => readableUser(recordsFor(scenario), cara))).to.equal('unauthenticated');
    expect(errorCode(() => readableUser(recordsFor(scenario), onBehalf))).to.equal('user_suspended');
    expect(errorCode(() => readableUser(recordsWithoutCaller(), service([])))).to.equal('forbidden');
  });
});

describe('selfOrService', () => {
  it('returns the user to that user and to services with the scope read', () => {
    const self = recordsForSelf();
    expect(selfOrService(self, cara)).to.equal(self.caller.record);
    expect(selfOrService(self, onBehalf)).to.equal(self.caller.record);
    expect(selfOrService(recordsWithoutCaller(), reader)).to.deep.equal(recordsFor().user.record);
    expect(selfOrService(recordsWithoutCaller({ targetStatus: 'suspended' }), reader).status).to.equal(
      'suspended',
    );
  });

  it('forbids other users without disclosing whether the user exists', () => {
    for (const caller of [cara, onBehalf]) {
      expect(errorCode(() => selfOrService(recordsFor(), caller))).to.equal('forbidden');
      expect(errorCode(() => selfOrService(recordsFor({ targetStatus: 'absent' }), caller))).to.equal(
        'forbidden',
      );
    }
    expect(errorCode(() => selfOrService(recordsWithoutCaller(), service([])))).to.equal('forbidden');
    expect(errorCode(() => selfOrService(recordsWithoutCaller(), anonymous))).to.equal('unauthenticated');
  });

  it('fails for services if the user does not exist', () => {
    expect(errorCode(() => selfOrService(recordsWithoutCaller({ targetStatus: 'absent' }), reader))).to.equal(
      'user_not_found',
    );
  });
});

describe('readableOrganization', () => {
  const read = (scenario: Scenario, caller = cara) =>
    readableOrganization(recordsFor(scenario), 'events.read', caller);

  it('returns active and suspended organizations to members with the permission', () => {
    for (const organizationIs of ['active', 'suspended'] as const) {
      expect(read({ callerRole: 'Admin', organizationStatus: organizationIs }).status).to.equal(
        organizationIs,
      );
      expect(read({ callerRole: 'Admin', organizationStatus: organizationIs }, onBehalf).status).to.equal(
        organizationIs,
      );
    }
    expect(errorCode(() => read({ callerRole: 'Member' }))).to.equal('forbidden');
    expect(errorCode(() => read({ callerRole: 'Member' }, service(['admin'], CARA)))).to.equal('forbidden');
  });

  it('fails for outsiders as if the organization did not exist', () => {
    expect(errorCode(() => read({ callerRole: 'none' }))).to.equal('organization_not_found');
    expect(errorCode(() => read({ callerRole: 'of an earlier user' }, onBehalf))).to.equal(
      'organization_not_found',
    );
  });

  it('returns every organization to services with the scope read', () => {
    for (const organizationIs of ['active', 'suspended'] as const) {
      const loaded = recordsWithoutCaller({ organizationStatus: organizationIs });
      expect(readableOrganization(loaded, 'events.read', reader)).to.equal(loaded.organization.record);
    }
    const deleted = recordsWithoutCaller({ organizationStatus: 'absent' });
    expect(errorCode(() => readableOrganization(deleted, 'events.read', reader))).to.equal(
      'organization_not_found',
    );
    expect(
      errorCode(() => readableOrganization(recordsWithoutCaller(), 'events.read', service([]))),
    ).to.equal('forbidden');
  });
});

describe('maySeeMembership', () => {
  it('accepts members, and users who ask about themselves', () => {
    for (const caller of [cara, onBehalf]) {
      expect(maySeeMembership(recordsFor({ callerRole: 'Member' }), caller)).to.equal(true);
      expect(
        maySeeMembership(recordsFor({ callerRole: 'Member', organizationStatus: 'suspended' }), caller),
      ).to.equal(true);
      expect(maySeeMembership(recordsForSelf({ callerRole: 'none' }), caller)).to.equal(true);
    }
  });

  it('rejects outsiders, whether the organization exists or not', () => {
    const outsiders: readonly Scenario[] = [
      { callerRole: 'none' },
      { callerRole: 'of an earlier user' },
      { callerRole: 'in an earlier organization' },
      { organizationStatus: 'absent' },
      { callerRole: 'none', organizationStatus: 'suspended' },
    ];
    for (const caller of [cara, onBehalf, service(['admin'], CARA)]) {
      for (const outsider of outsiders)
        expect(maySeeMembership(recordsFor(outsider), caller)).to.equal(false);
    }
  });

  it('accepts services with the scope read', () => {
    expect(maySeeMembership(recordsWithoutCaller(), reader)).to.equal(true);
    expect(maySeeMembership(recordsWithoutCaller({ organizationStatus: 'absent' }), reader)).to.equal(true);
    expect(errorCode(() => maySeeMembership(recordsWithoutCaller(), service([])))).to.equal('forbidden');
  });

  it('throws for suspended and anonymous callers', () => {
    expect(errorCode(() => maySeeMembership(recordsFor({ callerStatus: 'suspended' }), cara))).to.equal(
      'unauthenticated',
    );
    expect(errorCode(() => maySeeMembership(recordsWithoutCaller(), anonymous))).to.equal('unauthenticated');
  });
});
