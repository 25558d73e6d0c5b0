import { expect } from 'chai';
import {
  maySeeMembership,
  readableOrganization,
  readableUser,
  selfOrService,
} from '../../../src/domain/access/read-access.ts';
import type { Caller } from '../../../src/domain/caller.ts';
import {
  CARA,
  context,
  refusal,
  type Sketch,
  scene,
  sceneOfOneself,
  service,
  withNobodyBehind,
} from '../builders.ts';

const { caller: cara } = context;
const anonymous: Caller = { type: 'anonymous' };
const onBehalf = service(['read'], CARA);
const reader = service(['read']);
const nobodyBehind = (sketch: Sketch = {}) => withNobodyBehind(scene(sketch));

describe('a user', () => {
  it('is read by users, by services with the scope read, and by nobody in particular', () => {
    const { record } = scene().user;
    expect(readableUser(scene(), cara)).to.deep.equal(record);
    expect(readableUser(scene(), onBehalf)).to.deep.equal(record);
    expect(readableUser(nobodyBehind(), reader)).to.deep.equal(record);
    expect(readableUser(nobodyBehind(), anonymous)).to.deep.equal(record);
  });

  it('is read also while suspended, and not once deleted', () => {
    const sleeping = nobodyBehind({ targetIs: 'suspended' });
    expect(readableUser(sleeping, anonymous).status).to.equal('suspended');
    for (const caller of [anonymous, reader]) {
      expect(refusal(() => readableUser(nobodyBehind({ targetIs: 'absent' }), caller))).to.equal(
        'user_not_found',
      );
    }
  });

  it('is not for callers who are nobody, whoever it is', () => {
    const sketch = { callerIs: 'suspended', targetIs: 'absent' } as const;
    expect(refusal(() => readableUser(scene(sketch), cara))).to.equal('unauthenticated');
    expect(refusal(() => readableUser(scene(sketch), onBehalf))).to.equal('user_suspended');
    expect(refusal(() => readableUser(nobodyBehind(), service([])))).to.equal('forbidden');
  });
});

describe("a user's own affairs", () => {
  it('are for the user and for services with the scope read', () => {
    const mine = sceneOfOneself({});
    expect(selfOrService(mine, cara)).to.equal(mine.caller.record);
    expect(selfOrService(mine, onBehalf)).to.equal(mine.caller.record);
    expect(selfOrService(nobodyBehind(), reader)).to.deep.equal(scene().user.record);
    expect(selfOrService(nobodyBehind({ targetIs: 'suspended' }), reader).status).to.equal('suspended');
  });

  it('are forbidden to others, who are not even told whether there is such a user', () => {
    for (const caller of [cara, onBehalf]) {
      expect(refusal(() => selfOrService(scene(), caller))).to.equal('forbidden');
      expect(refusal(() => selfOrService(scene({ targetIs: 'absent' }), caller))).to.equal('forbidden');
    }
    expect(refusal(() => selfOrService(nobodyBehind(), service([])))).to.equal('forbidden');
    expect(refusal(() => selfOrService(nobodyBehind(), anonymous))).to.equal('unauthenticated');
  });

  it('of a missing user are told missing to services', () => {
    expect(refusal(() => selfOrService(nobodyBehind({ targetIs: 'absent' }), reader))).to.equal(
      'user_not_found',
    );
  });
});

describe('an organization', () => {
  const read = (sketch: Sketch, caller = cara) => readableOrganization(scene(sketch), 'events.read', caller);

  it('is read by members with the permission, suspended or not', () => {
    for (const organizationIs of ['active', 'suspended'] as const) {
      expect(read({ caller: 'Admin', organizationIs }).status).to.equal(organizationIs);
      expect(read({ caller: 'Admin', organizationIs }, onBehalf).status).to.equal(organizationIs);
    }
    expect(refusal(() => read({ caller: 'Member' }))).to.equal('forbidden');
    expect(refusal(() => read({ caller: 'Member' }, service(['admin'], CARA)))).to.equal('forbidden');
  });

  it('is missing to outsiders', () => {
    expect(refusal(() => read({ caller: 'none' }))).to.equal('organization_not_found');
    expect(refusal(() => read({ caller: 'of an earlier user' }, onBehalf))).to.equal(
      'organization_not_found',
    );
  });

  it('is read by services with the scope read, whoever belongs to it', () => {
    for (const organizationIs of ['active', 'suspended'] as const) {
      const loaded = nobodyBehind({ organizationIs });
      expect(readableOrganization(loaded, 'events.read', reader)).to.equal(loaded.organization.record);
    }
    const gone = nobodyBehind({ organizationIs: 'absent' });
    expect(refusal(() => readableOrganization(gone, 'events.read', reader))).to.equal(
      'organization_not_found',
    );
    expect(refusal(() => readableOrganization(nobodyBehind(), 'events.read', service([])))).to.equal(
      'forbidden',
    );
  });
});

describe('whether somebody is a member', () => {
  it('is seen by members and by oneself', () => {
    for (const caller of [cara, onBehalf]) {
      expect(maySeeMembership(scene({ caller: 'Member' }), caller)).to.equal(true);
      expect(maySeeMembership(scene({ caller: 'Member', organizationIs: 'suspended' }), caller)).to.equal(
        true,
      );
      expect(maySeeMembership(sceneOfOneself({ caller: 'none' }), caller)).to.equal(true);
    }
  });

  it('is not seen by outsiders, who cannot tell a hidden organization from a missing one', () => {
    const outside: readonly Sketch[] = [
      { caller: 'none' },
      { caller: 'of an earlier user' },
      { caller: 'in an earlier organization' },
      { organizationIs: 'absent' },
      { caller: 'none', organizationIs: 'suspended' },
    ];
    for (const caller of [cara, onBehalf, service(['admin'], CARA)]) {
      for (const sketch of outside) expect(maySeeMembership(scene(sketch), caller)).to.equal(false);
    }
  });

  it('is seen by services with the scope read', () => {
    expect(maySeeMembership(nobodyBehind(), reader)).to.equal(true);
    expect(maySeeMembership(nobodyBehind({ organizationIs: 'absent' }), reader)).to.equal(true);
    expect(refusal(() => maySeeMembership(nobodyBehind(), service([])))).to.equal('forbidden');
  });

  it('is not for callers who are nobody', () => {
    expect(refusal(() => maySeeMembership(scene({ callerIs: 'suspended' }), cara))).to.equal(
      'unauthenticated',
    );
    expect(refusal(() => maySeeMembership(nobodyBehind(), anonymous))).to.equal('unauthenticated');
  });
});
