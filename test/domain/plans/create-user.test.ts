import { expect } from 'chai';
import { normalizeEmail, parseDisplayText, parseEmail } from '../../../src/domain/names.ts';
import type { ChangeContext } from '../../../src/domain/plans/change-context.ts';
import { planCreateUser } from '../../../src/domain/plans/create-user.ts';
import { emailKey, type KeyOf, type Loaded, userKey } from '../../../src/domain/records.ts';
import { absent, CARA, CARA_ACTOR, context, NOW, service, TOM, userNamed } from '../builders.ts';
import { itFailsInThisOrder } from '../failures.ts';
import { recordIds, requireChange, writtenRecord } from '../plan-changes.ts';

const email = parseEmail('Tom.Waits@Example.org');
const claim = absent(emailKey(normalizeEmail(email)));
const newTom = {
  username: TOM,
  firstName: parseDisplayText('Thomas'),
  lastName: parseDisplayText('Waits'),
  email,
};
const { email: _, ...newTomWithoutEmail } = newTom;
const caller = { key: userKey(CARA), version: 11, record: userNamed(CARA) };
const id = 'user_1';
const anonymous: ChangeContext = { caller: { type: 'anonymous' }, at: NOW };

interface CreationScenario {
  readonly caller?: Loaded<KeyOf<'user'>> | undefined;
  readonly user?: Loaded<KeyOf<'user'>>;
  readonly claim?: Loaded<KeyOf<'email'>> | undefined;
}

function create(loaded: CreationScenario = {}) {
  return planCreateUser({ caller, user: absent(userKey(TOM)), claim, ...loaded }, newTom, id, context);
}

describe('planCreateUser', () => {
  itFailsInThisOrder<CreationScenario>(create, [
    {
      code: 'unauthenticated',
      cause: 'the caller is suspended',
      scenario: { caller: { ...caller, record: userNamed(CARA, { status: 'suspended' }) } },
    },
    {
      code: 'unauthenticated',
      cause: 'the caller was deleted',
      scenario: { caller: absent(caller.key, 12) },
    },
    {
      code: 'user_already_exists',
      cause: 'the username is taken',
      scenario: { user: { key: userKey(TOM), version: 3, record: userNamed(TOM) } },
    },
    {
      code: 'user_already_exists',
      cause: 'the username belongs to a suspended user',
      scenario: { user: { key: userKey(TOM), version: 3, record: userNamed(TOM, { status: 'suspended' }) } },
    },
    {
      code: 'email_taken',
      cause: 'another user has claimed the e-mail address',
      scenario: { claim: { ...claim, version: 2, record: { username: CARA, userId: 'user_cara' } } },
    },
  ]);

  it('writes an active user without organizations, and the claim on the e-mail address', () => {
    const plan = create();
    const change = requireChange(plan);
    const user = { ...newTom, id, status: 'active', ownerOf: [], createdAt: NOW, updatedAt: NOW } as const;
    expect(recordIds(change).writes).to.deep.equal(['email:tom.waits@example.org', 'user:tom']);
    expect(writtenRecord(change, absent(userKey(TOM)))).to.deep.equal(user);
    expect(writtenRecord(change, claim)).to.deep.equal({ username: TOM, userId: id });
    expect(change.at).to.equal(NOW);
    expect(plan.result).to.deep.equal({ record: user, version: 1 });
  });

  it('requires no e-mail address, and then writes no claim', () => {
    const loaded = { caller, user: absent(userKey(TOM)), claim: undefined };
    const plan = planCreateUser(loaded, newTomWithoutEmail, id, context);
    const change = requireChange(plan);
    expect(recordIds(change).writes).to.deep.equal(['user:tom']);
    expect(plan.result.record).to.not.have.property('email');
    expect(change.events[0]?.changes).to.deep.equal({ firstName: {}, lastName: {} });
  });

  it('has the caller as a precondition', () => {
    expect(requireChange(create()).conditions).to.deep.equal([{ key: caller.key, version: 11 }]);
  });

  it('accepts anonymous callers', () => {
    const loaded = { caller: undefined, user: absent(userKey(TOM)), claim };
    const change = requireChange(planCreateUser(loaded, newTom, id, anonymous));
    expect(change.conditions).to.deep.equal([]);
    expect(change.events[0]?.actor).to.deep.equal({ type: 'anonymous' });
  });

  it('has the user as a precondition on whose behalf a service acts', () => {
    const byService: ChangeContext = { caller: service(['write'], CARA), at: NOW };
    const loaded = { caller, user: absent(userKey(TOM)), claim };
    const change = requireChange(planCreateUser(loaded, newTom, id, byService));
    expect(change.conditions).to.deep.equal([{ key: caller.key, version: 11 }]);
    expect(change.events[0]?.actor).to.deep.equal({ type: 'service', name: 'billing', onBehalfOf: CARA });
  });

  it('accepts the name and the e-mail address of deleted users and continues the versions of their tombstones', () => {
    const loaded = { user: absent(userKey(TOM), 7), claim: absent(claim.key, 9) };
    const plan = create(loaded);
    const change = requireChange(plan);
    expect(writtenRecord(change, loaded.user)).to.include({ id });
    expect(writtenRecord(change, loaded.claim)).to.include({ userId: id });
    expect(plan.result.version).to.equal(8);
    expect(change.events[0]?.version).to.equal(8);
  });

  it('records one event of the user that names the fields without their values', () => {
    const { events } = requireChange(create());
    expect(events).to.deep.equal([
      {
        streams: [{ kind: 'user', id }],
        type: 'user.created',
        actor: CARA_ACTOR,
        subject: { type: 'user', username: TOM, id },
        changes: { firstName: {}, lastName: {}, email: {} },
        version: 1,
        at: NOW,
      },
    ]);
    expect(JSON.stringify(events)).to.not.match(/thomas|waits|example/i);
  });
});
