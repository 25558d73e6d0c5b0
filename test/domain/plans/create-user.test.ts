import { expect } from 'chai';
import { claimOf, parseDisplayText, parseEmail } from '../../../src/domain/names.ts';
import type { Context } from '../../../src/domain/plans/context.ts';
import { planCreateUser } from '../../../src/domain/plans/create-user.ts';
import { emailKey, type KeyOf, type Known, userKey } from '../../../src/domain/records.ts';
import {
  absent,
  CARA,
  CARA_ACTING,
  context,
  itRefusesInThisOrder,
  NOW,
  namesOf,
  service,
  TOM,
  theChange,
  userNamed,
  writtenTo,
} from '../builders.ts';

const email = parseEmail('Tom.Waits@Example.org');
const claim = absent(emailKey(claimOf(email)));
const newTom = {
  username: TOM,
  firstName: parseDisplayText('Thomas'),
  lastName: parseDisplayText('Waits'),
  email,
};
const { email: _, ...newTomWithoutEmail } = newTom;
const caller = { key: userKey(CARA), version: 11, record: userNamed(CARA) };
const id = 'user_1';
const anonymous: Context = { caller: { type: 'anonymous' }, at: NOW };

interface Known3 {
  readonly caller?: Known<KeyOf<'user'>> | undefined;
  readonly user?: Known<KeyOf<'user'>>;
  readonly claim?: Known<KeyOf<'email'>> | undefined;
}

function create(known: Known3 = {}) {
  return planCreateUser({ caller, user: absent(userKey(TOM)), claim, ...known }, newTom, id, context);
}

describe('creating a user', () => {
  itRefusesInThisOrder<Known3>(create, [
    {
      code: 'unauthenticated',
      because: 'the caller is suspended',
      situation: { caller: { ...caller, record: userNamed(CARA, { status: 'suspended' }) } },
    },
    {
      code: 'unauthenticated',
      because: 'the caller was deleted',
      situation: { caller: absent(caller.key, 12) },
    },
    {
      code: 'user_already_exists',
      because: 'the username is taken',
      situation: { user: { key: userKey(TOM), version: 3, record: userNamed(TOM) } },
    },
    {
      code: 'user_already_exists',
      because: 'the username is taken by somebody who is suspended',
      situation: { user: { key: userKey(TOM), version: 3, record: userNamed(TOM, { status: 'suspended' }) } },
    },
    {
      code: 'email_taken',
      because: 'another user has claimed the e-mail address',
      situation: { claim: { ...claim, version: 2, record: { username: CARA, userId: 'user_cara' } } },
    },
  ]);

  it('writes the user, active and owning nothing, and the claim on the e-mail address', () => {
    const plan = create();
    const change = theChange(plan);
    const user = { ...newTom, id, status: 'active', ownerOf: [], createdAt: NOW, updatedAt: NOW } as const;
    expect(namesOf(change).writes).to.deep.equal(['email:tom.waits@example.org', 'user:tom']);
    expect(writtenTo(change, absent(userKey(TOM)))).to.deep.equal(user);
    expect(writtenTo(change, claim)).to.deep.equal({ username: TOM, userId: id });
    expect(change.at).to.equal(NOW);
    expect(plan.result).to.deep.equal({ record: user, version: 1 });
  });

  it('needs no e-mail address, and then claims and mentions none', () => {
    const known = { caller, user: absent(userKey(TOM)), claim: undefined };
    const plan = planCreateUser(known, newTomWithoutEmail, id, context);
    const change = theChange(plan);
    expect(namesOf(change).writes).to.deep.equal(['user:tom']);
    expect(plan.result.record).to.not.have.property('email');
    expect(change.events[0]?.changes).to.deep.equal({ firstName: {}, lastName: {} });
  });

  it('holds only while the caller is as known', () => {
    expect(theChange(create()).conditions).to.deep.equal([{ key: caller.key, version: 11 }]);
  });

  it('needs no caller where anybody may do it', () => {
    const known = { caller: undefined, user: absent(userKey(TOM)), claim };
    const change = theChange(planCreateUser(known, newTom, id, anonymous));
    expect(change.conditions).to.deep.equal([]);
    expect(change.events[0]?.actor).to.deep.equal({ type: 'anonymous' });
  });

  it('relies on the user on whose behalf a service does it', () => {
    const byService: Context = { caller: service(['write'], CARA), at: NOW };
    const known = { caller, user: absent(userKey(TOM)), claim };
    const change = theChange(planCreateUser(known, newTom, id, byService));
    expect(change.conditions).to.deep.equal([{ key: caller.key, version: 11 }]);
    expect(change.events[0]?.actor).to.deep.equal({ type: 'service', name: 'billing', onBehalfOf: CARA });
  });

  it('takes a name and an e-mail address that were given up, counting on from their tombstones', () => {
    const known = { user: absent(userKey(TOM), 7), claim: absent(claim.key, 9) };
    const plan = create(known);
    const change = theChange(plan);
    expect(writtenTo(change, known.user)).to.include({ id });
    expect(writtenTo(change, known.claim)).to.include({ userId: id });
    expect(plan.result.version).to.equal(8);
    expect(change.events[0]?.version).to.equal(8);
  });

  it('is one event in the stream of the new user, which names the fields and no personal values', () => {
    const { events } = theChange(create());
    expect(events).to.deep.equal([
      {
        streams: [{ kind: 'user', id }],
        type: 'user.created',
        actor: CARA_ACTING,
        subject: { type: 'user', username: TOM, id },
        changes: { firstName: {}, lastName: {}, email: {} },
        version: 1,
        at: NOW,
      },
    ]);
    expect(JSON.stringify(events)).to.not.match(/thomas|waits|example/i);
  });
});
