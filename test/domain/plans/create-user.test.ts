import { expect } from 'chai';
import { normalizeEmail, parseDisplayText, parseEmail } from '../../../src/domain/names.ts';
import type { ChangeContext } from '../../../src/domain/plans/change-context.ts';
import { planCreateUser } from '../../../src/domain/plans/create-user.ts';
import { emailKey, type KeyOf, type Loaded, userKey } from '../../../src/domain/records.ts';
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

interface Known3 {
  readonly caller?: Loaded<KeyOf<'user'>> | undefined;
  readonly user?: Loaded<KeyOf<'user'>>;
  readonly claim?: Loaded<KeyOf<'email'>> | undefined;
}

function create(loaded: Known3 = {}) {
  return planCreateUser({ caller, user: absent(userKey(TOM)), claim, ...loaded }, newTom, id, context);
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
    const loaded = { caller, user: absent(userKey(TOM)), claim: undefined };
    const plan = planCreateUser(loaded, newTomWithoutEmail, id, context);
    const change = theChange(plan);
    expect(namesOf(change).writes).to.deep.equal(['user:tom']);
    expect(plan.result.record).to.not.have.property('email');
    expect(change.events[0]?.changes).to.deep.equal({ firstName: {}, lastName: {} });
  });

  it('holds only while the caller is as known', () => {
    expect(theChange(create()).conditions).to.deep.equal([{ key: caller.key, version: 11 }]);
  });

  it('needs no caller where anybody may do it', () => {
    const loaded = { caller: undefined, user: absent(userKey(TOM)), claim };
    const change = theChange(planCreateUser(loaded, newTom, id, anonymous));
    expect(change.conditions).to.deep.equal([]);
    expect(change.events[0]?.actor).to.deep.equal({ type: 'anonymous' });
  });

  it('relies on the user on whose behalf a service does it', () => {
    const byService: ChangeContext = { caller: service(['write'], CARA), at: NOW };
    const loaded = { caller, user: absent(userKey(TOM)), claim };
    const change = theChange(planCreateUser(loaded, newTom, id, byService));
    expect(change.conditions).to.deep.equal([{ key: caller.key, version: 11 }]);
    expect(change.events[0]?.actor).to.deep.equal({ type: 'service', name: 'billing', onBehalfOf: CARA });
  });

  it('takes a name and an e-mail address that were given up, counting on from their tombstones', () => {
    const loaded = { user: absent(userKey(TOM), 7), claim: absent(claim.key, 9) };
    const plan = create(loaded);
    const change = theChange(plan);
    expect(writtenTo(change, loaded.user)).to.include({ id });
    expect(writtenTo(change, loaded.claim)).to.include({ userId: id });
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
