import { changeRules } from './user-store/changes.ts';
import { deadlineRules } from './user-store/deadlines.ts';
import { eventRules } from './user-store/events.ts';
import { garbageCollectionRules } from './user-store/garbage-collection.ts';
import { idempotencyRules } from './user-store/idempotency.ts';
import { listPageRules } from './user-store/list-pages.ts';
import { listRules } from './user-store/lists.ts';
import { metaRules } from './user-store/meta.ts';
import { raceRules } from './user-store/races.ts';
import { recordRules } from './user-store/records.ts';
import { scanRules } from './user-store/scan.ts';
import { snapshotRules } from './user-store/snapshots.ts';
import type { StoreUnderTest } from './user-store/store-under-test.ts';
import { valueRules } from './user-store/values.ts';
import { versionRules } from './user-store/versions.ts';

export type { StoreUnderTest } from './user-store/store-under-test.ts';

/**
 * The contract of the `UserStore` port as mocha tests. `open` is called before each test. It may return an empty store or
 * one that is shared with other tests and earlier runs, because each test uses its own names.
 */
export function userStoreContract(open: () => StoreUnderTest | Promise<StoreUnderTest>): void {
  let opened: StoreUnderTest | undefined;

  beforeEach(async () => {
    opened = await open();
  });

  afterEach(async () => {
    await opened?.close?.();
    opened = undefined;
  });

  const current = (): StoreUnderTest => {
    if (opened === undefined) throw new Error('no store is open: the contract was used outside a test');
    return opened;
  };

  describe('records', () => recordRules(current));
  describe('changes', () => changeRules(current));
  describe('versions', () => versionRules(current));
  describe('values', () => valueRules(current));
  describe('snapshots', () => snapshotRules(current));
  describe('lists', () => listRules(current));
  describe('pages of lists', () => listPageRules(current));
  describe('scan', () => scanRules(current));
  describe('events', () => eventRules(current));
  describe('races', () => raceRules(current));
  describe('idempotency records', () => idempotencyRules(current));
  describe('garbage collection', () => garbageCollectionRules(current));
  describe('meta record', () => metaRules(current));
  describe('operations after their deadline', () => deadlineRules(current));
}
