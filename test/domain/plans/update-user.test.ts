import { expect } from 'chai';
import {
  type EmailAddress,
  normalizeEmail,
  parseDisplayText,
  parseEmail,
} from '../../../src/domain/names.ts';
import { emailClaimsOf, planUpdateUser, type UserEdit } from '../../../src/domain/plans/update-user.ts';
import { emailKey, type KeyOf, type Loaded, userKey } from '../../../src/domain/records.ts';
import type { User } from '../../../src/domain/user.ts';
import {
  ACME,
  absent,
  adminServiceContext,
  BILLING_ACTOR,
  CARA,
  CARA_ACTOR,
  context,
  NOW,
  TOM,
  userNamed,
} from '../builders.ts';
import { errorCode, itFailsInThisOrder } from '../failures.ts';
import { recordIds, requireChange, writtenRecord } from '../plan-changes.ts';

const oldEmail = parseEmail('Cara.Old@example.org');
const oldInOtherCase = parseEmail('cara.old@Example.org');
const newEmail = parseEmail('Cara.New@example.org');
const claimKey = (email: EmailAddress) => emailKey(normalizeEmail(email));
const claimBy = (email: EmailAddress, { username, id }: User, version = 31): Loaded<KeyOf<'email'>> => ({
  key: claimKey(email),
  version,
  record: { username, userId: id },
});

const cara = userNamed(CARA, { email: oldEmail, ownerOf: [{ name: ACME, id: 'org_acme' }] });
const tom = userNamed(TOM);
const loaded = (user: Loaded<KeyOf<'user'>>) => ({
  caller: user,
  user,
  claim: undefined,
  released: undefined,
});
const loadedCara = { key: userKey(CARA), version: 11, record: cara };
/** The records loaded to change the e-mail address of "cara". */
const toNewEmail = {
  ...loaded(loadedCara),
  claim: absent(claimKey(newEmail), 5),
  released: claimBy(oldEmail, cara),
};
const names = { firstName: parseDisplayText('Other'), lastName: parseDisplayText('Person') };

describe('emailClaimsOf', () => {
  const claims = (email: UserEdit['email'], user = cara) => {
    const { claim, released } = emailClaimsOf({ ...loadedCara, record: user }, { email });
    return { claim: claim?.email, released: released?.email };
  };
  const { email: _, ...record } = cara;

  it('returns no claim if the address does not change', () => {
    expect(claims(undefined)).to.deep.equal({ claim: undefined, released: undefined });
    expect(claims(oldEmail)).to.deep.equal({ claim: undefined, released: undefined });
    expect(claims(null, record)).to.deep.equal({ claim: undefined, released: undefined });
  });

  it('are the new and the old one where it changes', () => {
    expect(claims(newEmail)).to.deep.equal({
      claim: normalizeEmail(newEmail),
      released: normalizeEmail(oldEmail),
    });
    expect(claims(newEmail, record)).to.deep.equal({ claim: normalizeEmail(newEmail), released: undefined });
    expect(claims(null)).to.deep.equal({ claim: undefined, released: normalizeEmail(oldEmail) });
  });

  it('returns the existing claim if only the case of the address changes', () => {
    expect(claims(oldInOtherCase)).to.deep.equal({ claim: normalizeEmail(oldEmail), released: undefined });
  });

  it('returns no claim for an absent user', () => {
    expect(emailClaimsOf(absent(userKey(CARA), 3), { email: newEmail })).to.deep.equal({
      claim: undefined,
      released: undefined,
    });
  });
});

describe('planUpdateUser', () => {
  interface EditScenario {
    readonly caller?: Loaded<KeyOf<'user'>>;
    readonly user?: Loaded<KeyOf<'user'>>;
    readonly claim?: Loaded<KeyOf<'email'>>;
    readonly ifVersion?: number;
  }
  const edit = ({
    caller = loadedCara,
    user = loadedCara,
    claim = toNewEmail.claim,
    ifVersion,
  }: EditScenario) =>
    planUpdateUser({ ...toNewEmail, caller, user, claim }, { email: newEmail }, ifVersion, context);

  itFailsInThisOrder<EditScenario>(edit, [
    {
      code: 'unauthenticated',
      cause: 'the caller is suspended',
      scenario: { caller: { ...loadedCara, record: { ...cara, status: 'suspended' } } },
    },
    {
      code: 'unauthenticated',
      cause: 'the caller was deleted',
      scenario: { caller: absent(loadedCara.key, 12) },
    },
    {
      code: 'forbidden',
      cause: 'the user is not the caller',
      scenario: { user: { key: userKey(TOM), version: 4, record: tom } },
    },
    { code: 'version_mismatch', cause: 'the user has another version', scenario: { ifVersion: 10 } },
    {
      code: 'email_taken',
      cause: 'another user has claimed the address',
      scenario: { claim: claimBy(newEmail, tom) },
    },
  ]);

  it('is forbidden for other users, even if the user does not exist', () => {
    const nobody = loaded(absent(userKey(TOM)));
    const attempt = () => planUpdateUser({ ...nobody, caller: loadedCara }, names, undefined, context);
    expect(errorCode(attempt)).to.equal('forbidden');
  });

  it('fails for a service with the scope admin if the user does not exist or has another version', () => {
    const byAdmin = (user: Loaded<KeyOf<'user'>>, ifVersion?: number) => () =>
      planUpdateUser({ ...loaded(user), caller: undefined }, names, ifVersion, adminServiceContext);
    expect(errorCode(byAdmin(absent(userKey(CARA), 4), 3))).to.equal('user_not_found');
    expect(errorCode(byAdmin(loadedCara, 12))).to.equal('version_mismatch');
  });

  it('lets a service with the scope admin edit suspended users', () => {
    const record = { ...cara, status: 'suspended' } as const;
    const all = { ...loaded({ ...loadedCara, record }), caller: undefined };
    const plan = planUpdateUser(all, names, 11, adminServiceContext);
    expect(plan.result).to.deep.equal({ record: { ...record, ...names, updatedAt: NOW }, version: 12 });
    expect(requireChange(plan).events[0]?.actor).to.deep.equal(BILLING_ACTOR);
    expect(recordIds(requireChange(plan))).to.deep.equal({ writes: ['user:cara'], conditions: [] });
  });

  it('changes the given fields only', () => {
    for (const [field, value] of Object.entries(names)) {
      const plan = planUpdateUser(loaded(loadedCara), { [field]: value }, 11, context);
      const record = { ...cara, [field]: value, updatedAt: NOW };
      expect(writtenRecord(requireChange(plan), loadedCara)).to.deep.equal(record);
      expect(plan.result).to.deep.equal({ record, version: 12 });
      expect(recordIds(requireChange(plan))).to.deep.equal({ writes: ['user:cara'], conditions: [] });
      expect(requireChange(plan).events[0]?.changes).to.deep.equal({ [field]: {} });
    }
  });

  it('claims the new address and frees the old one in the same change', () => {
    const change = requireChange(planUpdateUser(toNewEmail, { email: newEmail }, undefined, context));
    expect(recordIds(change)).to.deep.equal({
      writes: ['email:cara.new@example.org', 'email:cara.old@example.org', 'user:cara'],
      conditions: [],
    });
    expect(writtenRecord(change, loadedCara)).to.deep.equal({ ...cara, email: newEmail, updatedAt: NOW });
    expect(writtenRecord(change, toNewEmail.claim)).to.deep.equal({ username: CARA, userId: cara.id });
    expect(writtenRecord(change, toNewEmail.released)).to.equal(undefined);
  });

  it('removes and releases the address', () => {
    const change = requireChange(
      planUpdateUser({ ...toNewEmail, claim: undefined }, { email: null }, undefined, context),
    );
    expect(writtenRecord(change, loadedCara)).to.not.have.property('email');
    expect(writtenRecord(change, toNewEmail.released)).to.equal(undefined);
    expect(recordIds(change).writes).to.deep.equal(['email:cara.old@example.org', 'user:cara']);
  });

  it('adds an address to a user without one', () => {
    const { email: _, ...record } = cara;
    const all = { ...toNewEmail, ...loaded({ ...loadedCara, record }), claim: toNewEmail.claim };
    const change = requireChange(planUpdateUser(all, { email: newEmail }, undefined, context));
    expect(recordIds(change).writes).to.deep.equal(['email:cara.new@example.org', 'user:cara']);
    expect(writtenRecord(change, all.user)).to.include({ email: newEmail });
  });

  it('has the existing claim as a precondition if only the case of the address changes', () => {
    const all = { ...loaded(loadedCara), claim: claimBy(oldEmail, cara) };
    const change = requireChange(planUpdateUser(all, { email: oldInOtherCase }, undefined, context));
    expect(recordIds(change)).to.deep.equal({
      writes: ['user:cara'],
      conditions: ['email:cara.old@example.org'],
    });
    expect(writtenRecord(change, loadedCara)).to.include({ email: oldInOtherCase });
  });

  it('does not release the claim of another user', () => {
    const all = { ...toNewEmail, released: claimBy(oldEmail, tom) };
    const change = requireChange(planUpdateUser(all, { email: newEmail }, undefined, context));
    expect(recordIds(change).writes).to.deep.equal(['email:cara.new@example.org', 'user:cara']);
  });

  it('rejects an address claimed by an earlier user of the same name', () => {
    const claim = { ...claimBy(newEmail, cara), record: { username: CARA, userId: 'user_earlier' } };
    const attempt = () => planUpdateUser({ ...toNewEmail, claim }, { email: newEmail }, undefined, context);
    expect(errorCode(attempt)).to.equal('email_taken');
  });

  it('has no change for the same values, but checks the version', () => {
    const same = { firstName: cara.firstName, lastName: cara.lastName, email: oldEmail };
    for (const edit of [{}, same, { email: undefined }]) {
      expect(planUpdateUser(loaded(loadedCara), edit, 11, context)).to.deep.equal({
        result: { record: cara, version: 11 },
      });
      const attempt = () => planUpdateUser(loaded(loadedCara), edit, 10, context);
      expect(errorCode(attempt)).to.equal('version_mismatch');
    }
    const { email: _, ...record } = cara;
    const without = loaded({ ...loadedCara, record });
    expect(planUpdateUser(without, { email: null }, undefined, context).change).to.equal(undefined);
  });

  it('records one event of the user that names the changed fields without their values', () => {
    const given = { ...names, lastName: cara.lastName, email: newEmail };
    const { events } = requireChange(planUpdateUser(toNewEmail, given, undefined, context));
    expect(events).to.deep.equal([
      {
        streams: [{ kind: 'user', id: cara.id }],
        type: 'user.updated',
        actor: CARA_ACTOR,
        subject: { type: 'user', username: CARA, id: cara.id },
        changes: { firstName: {}, email: {} },
        version: 12,
        at: NOW,
      },
    ]);
    expect(JSON.stringify(events)).to.not.match(/other|person|example/i);
  });
});
