import { changes, created, renameAcme, renameBob } from './changes.ts';
import { KEYS } from './fixtures.ts';
import { look, lookups } from './lookups.ts';
import type { Operation } from './operation.ts';

const aboutMembership = [
  lookups.membership,
  lookups.isBobIn,
  lookups.mayBobRename,
  lookups.getMembership,
  lookups.several,
];
const aboutAcme = [lookups.acme, lookups.getAcme, lookups.acmeAndMembership, lookups.isBobIn];
const aboutBob = [lookups.bob, lookups.getBob, lookups.bobAndMembership, lookups.isBobIn];

/** What is about one record alone. */
const FOCUSED: readonly (readonly Operation[])[] = [
  [changes.makeBobAdmin, changes.makeBobMember, lookups.membership],
  [changes.addBob, changes.removeBob, lookups.membership],
  [...['Rob', 'Bobby', 'Bert', 'Robin'].map(renameBob), lookups.bob, lookups.bob],
  [...['Rob', 'Bobby'].map(renameBob), changes.suspendBob, changes.resumeBob, lookups.bob, lookups.bob],
  [changes.deleteBob, changes.createBob, lookups.bob],
  [...['Ann & Co', 'A', 'B', 'C'].map(renameAcme), lookups.acme, lookups.acme],
  [...['Rob', 'Bobby', 'Bert'].map(renameBob), ...Array.from({ length: 6 }, () => lookups.bob)],
];
export const FOCUSED_THEMES = FOCUSED.length;
/** A few change what many look at. */
export const MOSTLY_LOOKS = FOCUSED.length - 1;

/** What the clients of one world ask for: few things, so that they meet. */
export const THEMES: readonly (readonly Operation[])[] = [
  ...FOCUSED,
  [changes.makeBobAdmin, changes.makeBobMember, ...aboutMembership],
  [changes.renameBob, changes.suspendBob, changes.resumeBob, ...aboutBob],
  [changes.renameAcme, changes.suspendAcme, changes.resumeAcme, ...aboutAcme],
  [changes.addBob, changes.removeBob, lookups.membership, lookups.isBobIn],
  [changes.addBobAsAdmin, changes.bobLeaves, changes.makeBobMember, ...aboutMembership],
  [changes.deleteBob, changes.createBob, changes.addBob, ...aboutBob],
  [changes.deleteAcme, changes.found, lookups.acme],
  [changes.deleteAcme, changes.found, changes.addBob, ...aboutAcme],
  [changes.makeBobOwner, changes.makeBobAdmin, lookups.acmeAndOwners, lookups.isBobAnOwner],
  [changes.transferToBob, changes.transferToAnn, lookups.acmeAndOwners, lookups.isBobAnOwner],
  [changes.makeBobOwner, changes.annLeaves, changes.makeAnnMember, changes.bobLeaves, lookups.acmeAndOwners],
  [changes.makeBobOwner, changes.deleteBob, changes.annLeaves, changes.transferToBob, lookups.acmeAndOwners],
  [changes.makeBobMember, changes.bobRenamesAcme, renameAcme('A'), changes.makeBobAdmin],
  [changes.makeBobAdmin, changes.makeBobMember, changes.bobRenamesAcme, changes.renameAcme, ...aboutAcme],
  [...Object.values(changes), ...Object.values(lookups), ...Object.values(lookups)],
];

/** What has happened when a world begins. */
export const INITIAL_RECORDS: readonly Operation[] = [
  created.ann,
  created.bob,
  changes.found,
  changes.addBob,
];

/** What is asked when all has ended. */
export const LAST_LOOKS: readonly Operation[] = KEYS.map((key) => look(key));
