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
  BILLING_ACTING,
  byAdminService,
  CARA,
  CARA_ACTING,
  context,
  itRefusesInThisOrder,
  NOW,
  namesOf,
  refusal,
  TOM,
  theChange,
  userNamed,
  writtenTo,
} from '../builders.ts';

const old = parseEmail('Cara.Old@example.org');
const oldSpeltOtherwise = parseEmail('cara.old@Example.org');
const fresh = parseEmail('Cara.New@example.org');
const claimKey = (email: EmailAddress) => emailKey(normalizeEmail(email));
const claimBy = (email: EmailAddress, { username, id }: User, version = 31): Loaded<KeyOf<'email'>> => ({
  key: claimKey(email),
  version,
  record: { username, userId: id },
});

const cara = userNamed(CARA, { email: old, ownerOf: [{ name: ACME, id: 'org_acme' }] });
const tom = userNamed(TOM);
const loaded = (user: Loaded<KeyOf<'user'>>) => ({
  caller: user,
  user,
  claim: undefined,
  released: undefined,
});
const caraKnown = { key: userKey(CARA), version: 11, record: cara };
/** What is known to give "cara" the fresh address. */
const toFresh = { ...loaded(caraKnown), claim: absent(claimKey(fresh), 5), released: claimBy(old, cara) };
const names = { firstName: parseDisplayText('Other'), lastName: parseDisplayText('Person') };

describe('the claims that an edit touches', () => {
  const claims = (email: UserEdit['email'], user = cara) => {
    const { claim, released } = emailClaimsOf({ ...caraKnown, record: user }, { email });
    return { claim: claim?.email, released: released?.email };
  };
  const { email: _, ...record } = cara;

  it('are none where the address stays', () => {
    expect(claims(undefined)).to.deep.equal({ claim: undefined, released: undefined });
    expect(claims(old)).to.deep.equal({ claim: undefined, released: undefined });
    expect(claims(null, record)).to.deep.equal({ claim: undefined, released: undefined });
  });

  it('are the new and the old one where it changes', () => {
    expect(claims(fresh)).to.deep.equal({ claim: normalizeEmail(fresh), released: normalizeEmail(old) });
    expect(claims(fresh, record)).to.deep.equal({ claim: normalizeEmail(fresh), released: undefined });
    expect(claims(null)).to.deep.equal({ claim: undefined, released: normalizeEmail(old) });
  });

  it('are the one that is held already where only the spelling changes', () => {
    expect(claims(oldSpeltOtherwise)).to.deep.equal({ claim: normalizeEmail(old), released: undefined });
  });

  it('are none of a user who is not there', () => {
    expect(emailClaimsOf(absent(userKey(CARA), 3), { email: fresh })).to.deep.equal({
      claim: undefined,
      released: undefined,
    });
  });
});

describe('editing a user', () => {
  interface Situation {
    readonly caller?: Loaded<KeyOf<'user'>>;
    readonly of?: Loaded<KeyOf<'user'>>;
    readonly claim?: Loaded<KeyOf<'email'>>;
    readonly ifVersion?: number;
  }
  const edit = ({ caller = caraKnown, of = caraKnown, claim = toFresh.claim, ifVersion }: Situation) =>
    planUpdateUser({ ...toFresh, caller, user: of, claim }, { email: fresh }, ifVersion, context);

  itRefusesInThisOrder<Situation>(edit, [
    {
      code: 'unauthenticated',
      because: 'the caller is suspended',
      situation: { caller: { ...caraKnown, record: { ...cara, status: 'suspended' } } },
    },
    {
      code: 'unauthenticated',
      because: 'the caller was deleted',
      situation: { caller: absent(caraKnown.key, 12) },
    },
    {
      code: 'forbidden',
      because: 'it is somebody else',
      situation: { of: { key: userKey(TOM), version: 4, record: tom } },
    },
    { code: 'version_mismatch', because: 'the user has moved on', situation: { ifVersion: 10 } },
    {
      code: 'email_taken',
      because: 'another user has claimed the address',
      situation: { claim: claimBy(fresh, tom) },
    },
  ]);

  it('forbids others also what is not there', () => {
    const nobody = loaded(absent(userKey(TOM)));
    const attempt = () => planUpdateUser({ ...nobody, caller: caraKnown }, names, undefined, context);
    expect(refusal(attempt)).to.equal('forbidden');
  });

  it('by a service with the scope admin is refused where there is no such user, or the version is another', () => {
    const byAdmin = (user: Loaded<KeyOf<'user'>>, ifVersion?: number) => () =>
      planUpdateUser({ ...loaded(user), caller: undefined }, names, ifVersion, byAdminService);
    expect(refusal(byAdmin(absent(userKey(CARA), 4), 3))).to.equal('user_not_found');
    expect(refusal(byAdmin(caraKnown, 12))).to.equal('version_mismatch');
  });

  it('by a service with the scope admin is done to anybody, suspended ones too', () => {
    const record = { ...cara, status: 'suspended' } as const;
    const all = { ...loaded({ ...caraKnown, record }), caller: undefined };
    const plan = planUpdateUser(all, names, 11, byAdminService);
    expect(plan.result).to.deep.equal({ record: { ...record, ...names, updatedAt: NOW }, version: 12 });
    expect(theChange(plan).events[0]?.actor).to.deep.equal(BILLING_ACTING);
    expect(namesOf(theChange(plan))).to.deep.equal({ writes: ['user:cara'], conditions: [] });
  });

  it('changes what is given and leaves the rest', () => {
    for (const [field, value] of Object.entries(names)) {
      const plan = planUpdateUser(loaded(caraKnown), { [field]: value }, 11, context);
      const record = { ...cara, [field]: value, updatedAt: NOW };
      expect(writtenTo(theChange(plan), caraKnown)).to.deep.equal(record);
      expect(plan.result).to.deep.equal({ record, version: 12 });
      expect(namesOf(theChange(plan))).to.deep.equal({ writes: ['user:cara'], conditions: [] });
      expect(theChange(plan).events[0]?.changes).to.deep.equal({ [field]: {} });
    }
  });

  it('claims the new address and frees the old one in the same change', () => {
    const change = theChange(planUpdateUser(toFresh, { email: fresh }, undefined, context));
    expect(namesOf(change)).to.deep.equal({
      writes: ['email:cara.new@example.org', 'email:cara.old@example.org', 'user:cara'],
      conditions: [],
    });
    expect(writtenTo(change, caraKnown)).to.deep.equal({ ...cara, email: fresh, updatedAt: NOW });
    expect(writtenTo(change, toFresh.claim)).to.deep.equal({ username: CARA, userId: cara.id });
    expect(writtenTo(change, toFresh.released)).to.equal(undefined);
  });

  it('takes the address away and frees it', () => {
    const change = theChange(
      planUpdateUser({ ...toFresh, claim: undefined }, { email: null }, undefined, context),
    );
    expect(writtenTo(change, caraKnown)).to.not.have.property('email');
    expect(writtenTo(change, toFresh.released)).to.equal(undefined);
    expect(namesOf(change).writes).to.deep.equal(['email:cara.old@example.org', 'user:cara']);
  });

  it('gives an address to who had none', () => {
    const { email: _, ...record } = cara;
    const all = { ...toFresh, ...loaded({ ...caraKnown, record }), claim: toFresh.claim };
    const change = theChange(planUpdateUser(all, { email: fresh }, undefined, context));
    expect(namesOf(change).writes).to.deep.equal(['email:cara.new@example.org', 'user:cara']);
    expect(writtenTo(change, all.user)).to.include({ email: fresh });
  });

  it('to another spelling leaves the claim, on which it then relies', () => {
    const all = { ...loaded(caraKnown), claim: claimBy(old, cara) };
    const change = theChange(planUpdateUser(all, { email: oldSpeltOtherwise }, undefined, context));
    expect(namesOf(change)).to.deep.equal({
      writes: ['user:cara'],
      conditions: ['email:cara.old@example.org'],
    });
    expect(writtenTo(change, caraKnown)).to.include({ email: oldSpeltOtherwise });
  });

  it('frees no claim that is not its own', () => {
    const all = { ...toFresh, released: claimBy(old, tom) };
    const change = theChange(planUpdateUser(all, { email: fresh }, undefined, context));
    expect(namesOf(change).writes).to.deep.equal(['email:cara.new@example.org', 'user:cara']);
  });

  it('minds whose id a claim is for: an earlier user of the same name holds nothing for this one', () => {
    const claim = { ...claimBy(fresh, cara), record: { username: CARA, userId: 'user_earlier' } };
    const attempt = () => planUpdateUser({ ...toFresh, claim }, { email: fresh }, undefined, context);
    expect(refusal(attempt)).to.equal('email_taken');
  });

  it('to what is there already changes nothing, but minds the version', () => {
    const same = { firstName: cara.firstName, lastName: cara.lastName, email: old };
    for (const nothing of [{}, same, { email: undefined }]) {
      expect(planUpdateUser(loaded(caraKnown), nothing, 11, context)).to.deep.equal({
        result: { record: cara, version: 11 },
      });
      const stale = () => planUpdateUser(loaded(caraKnown), nothing, 10, context);
      expect(refusal(stale)).to.equal('version_mismatch');
    }
    const { email: _, ...record } = cara;
    const without = loaded({ ...caraKnown, record });
    expect(planUpdateUser(without, { email: null }, undefined, context).change).to.equal(undefined);
  });

  it('is one event in the stream of the user, which names the fields that change and no values', () => {
    const given = { ...names, lastName: cara.lastName, email: fresh };
    const { events } = theChange(planUpdateUser(toFresh, given, undefined, context));
    expect(events).to.deep.equal([
      {
        streams: [{ kind: 'user', id: cara.id }],
        type: 'user.updated',
        actor: CARA_ACTING,
        subject: { type: 'user', username: CARA, id: cara.id },
        changes: { firstName: {}, email: {} },
        version: 12,
        at: NOW,
      },
    ]);
    expect(JSON.stringify(events)).to.not.match(/other|person|example/i);
  });
});
