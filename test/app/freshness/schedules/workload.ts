import { changes, created, renameAcme, renameBob } from './changes.ts';
import type { Operation } from './operation.ts';
import { KEYS } from './people.ts';
import { look, questions } from './questions.ts';

const aboutMembership = [
  questions.membership,
  questions.isBobIn,
  questions.mayBobRename,
  questions.getMembership,
  questions.several,
];
const aboutAcme = [questions.acme, questions.getAcme, questions.acmeAndMembership, questions.isBobIn];
const aboutBob = [questions.bob, questions.getBob, questions.bobAndMembership, questions.isBobIn];

/** What is about one record alone. */
const FOCUSED: readonly (readonly Operation[])[] = [
  [changes.makeBobAdmin, changes.makeBobMember, questions.membership],
  [changes.addBob, changes.removeBob, questions.membership],
  [...['Rob', 'Bobby', 'Bert', 'Robin'].map(renameBob), questions.bob, questions.bob],
  [...['Rob', 'Bobby'].map(renameBob), changes.suspendBob, changes.resumeBob, questions.bob, questions.bob],
  [changes.deleteBob, changes.createBob, questions.bob],
  [...['Ann & Co', 'A', 'B', 'C'].map(renameAcme), questions.acme, questions.acme],
  [...['Rob', 'Bobby', 'Bert'].map(renameBob), ...Array.from({ length: 6 }, () => questions.bob)],
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
  [changes.addBob, changes.removeBob, questions.membership, questions.isBobIn],
  [changes.addBobAsAdmin, changes.bobLeaves, changes.makeBobMember, ...aboutMembership],
  [changes.deleteBob, changes.createBob, changes.addBob, ...aboutBob],
  [changes.deleteAcme, changes.found, questions.acme],
  [changes.deleteAcme, changes.found, changes.addBob, ...aboutAcme],
  [changes.makeBobOwner, changes.makeBobAdmin, questions.acmeAndOwners, questions.isBobAnOwner],
  [changes.transferToBob, changes.transferToAnn, questions.acmeAndOwners, questions.isBobAnOwner],
  [
    changes.makeBobOwner,
    changes.annLeaves,
    changes.makeAnnMember,
    changes.bobLeaves,
    questions.acmeAndOwners,
  ],
  [
    changes.makeBobOwner,
    changes.deleteBob,
    changes.annLeaves,
    changes.transferToBob,
    questions.acmeAndOwners,
  ],
  [changes.makeBobMember, changes.bobRenamesAcme, renameAcme('A'), changes.makeBobAdmin],
  [changes.makeBobAdmin, changes.makeBobMember, changes.bobRenamesAcme, changes.renameAcme, ...aboutAcme],
  [...Object.values(changes), ...Object.values(questions), ...Object.values(questions)],
];

/** What has happened when a world begins. */
export const BEGINNINGS: readonly Operation[] = [created.ann, created.bob, changes.found, changes.addBob];

/** What is asked when all has ended. */
export const LAST_LOOKS: readonly Operation[] = KEYS.map((key) => look(key));
