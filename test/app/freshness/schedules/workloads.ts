import { KEYS } from './fixtures.ts';
import type { Operation } from './operation.ts';
import { readOperations, readRecords } from './read-operations.ts';
import { createUsers, renameAcme, renameBob, writeOperations } from './write-operations.ts';

const membershipReads = [
  readOperations.membership,
  readOperations.isBobIn,
  readOperations.mayBobRename,
  readOperations.getMembership,
  readOperations.several,
];
const acmeReads = [
  readOperations.acme,
  readOperations.getAcme,
  readOperations.acmeAndMembership,
  readOperations.isBobIn,
];
const bobReads = [
  readOperations.bob,
  readOperations.getBob,
  readOperations.bobAndMembership,
  readOperations.isBobIn,
];

const SINGLE_RECORD_WORKLOADS: readonly (readonly Operation[])[] = [
  [writeOperations.makeBobAdmin, writeOperations.makeBobMember, readOperations.membership],
  [writeOperations.addBob, writeOperations.removeBob, readOperations.membership],
  [...['Rob', 'Bobby', 'Bert', 'Robin'].map(renameBob), readOperations.bob, readOperations.bob],
  [
    ...['Rob', 'Bobby'].map(renameBob),
    writeOperations.suspendBob,
    writeOperations.resumeBob,
    readOperations.bob,
    readOperations.bob,
  ],
  [writeOperations.deleteBob, writeOperations.createBob, readOperations.bob],
  [...['Ann & Co', 'A', 'B', 'C'].map(renameAcme), readOperations.acme, readOperations.acme],
  [...['Rob', 'Bobby', 'Bert'].map(renameBob), ...Array.from({ length: 6 }, () => readOperations.bob)],
];
export const SINGLE_RECORD_WORKLOAD_COUNT = SINGLE_RECORD_WORKLOADS.length;
/** Index of the workload with many reads and few writes. */
export const READ_HEAVY_WORKLOAD = SINGLE_RECORD_WORKLOADS.length - 1;

/** Each simulation uses one workload. Workloads are small, so that calls conflict. */
export const WORKLOADS: readonly (readonly Operation[])[] = [
  ...SINGLE_RECORD_WORKLOADS,
  [writeOperations.makeBobAdmin, writeOperations.makeBobMember, ...membershipReads],
  [writeOperations.renameBob, writeOperations.suspendBob, writeOperations.resumeBob, ...bobReads],
  [writeOperations.renameAcme, writeOperations.suspendAcme, writeOperations.resumeAcme, ...acmeReads],
  [writeOperations.addBob, writeOperations.removeBob, readOperations.membership, readOperations.isBobIn],
  [
    writeOperations.addBobAsAdmin,
    writeOperations.bobLeaves,
    writeOperations.makeBobMember,
    ...membershipReads,
  ],
  [writeOperations.deleteBob, writeOperations.createBob, writeOperations.addBob, ...bobReads],
  [writeOperations.deleteAcme, writeOperations.createAcme, readOperations.acme],
  [writeOperations.deleteAcme, writeOperations.createAcme, writeOperations.addBob, ...acmeReads],
  [
    writeOperations.makeBobOwner,
    writeOperations.makeBobAdmin,
    readOperations.acmeAndOwners,
    readOperations.isBobAnOwner,
  ],
  [
    writeOperations.transferToBob,
    writeOperations.transferToAnn,
    readOperations.acmeAndOwners,
    readOperations.isBobAnOwner,
  ],
  [
    writeOperations.makeBobOwner,
    writeOperations.annLeaves,
    writeOperations.makeAnnMember,
    writeOperations.bobLeaves,
    readOperations.acmeAndOwners,
  ],
  [
    writeOperations.makeBobOwner,
    writeOperations.deleteBob,
    writeOperations.annLeaves,
    writeOperations.transferToBob,
    readOperations.acmeAndOwners,
  ],
  [
    writeOperations.makeBobMember,
    writeOperations.bobRenamesAcme,
    renameAcme('A'),
    writeOperations.makeBobAdmin,
  ],
  [
    writeOperations.makeBobAdmin,
    writeOperations.makeBobMember,
    writeOperations.bobRenamesAcme,
    writeOperations.renameAcme,
    ...acmeReads,
  ],
  [...Object.values(writeOperations), ...Object.values(readOperations), ...Object.values(readOperations)],
];

/** The writes that create the initial records. */
export const SETUP_OPERATIONS: readonly Operation[] = [
  createUsers.ann,
  createUsers.bob,
  writeOperations.createAcme,
  writeOperations.addBob,
];

export const FINAL_READS: readonly Operation[] = KEYS.map((key) => readRecords(key));
