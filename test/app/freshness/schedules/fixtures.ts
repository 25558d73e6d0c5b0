import { parseSlug, parseUsername } from '../../../../src/domain/names.ts';
import { membershipKey, organizationKey, type RecordKey, userKey } from '../../../../src/domain/records.ts';
import { billing, user } from '../../../support/account-stack.ts';

export const ANN = parseUsername('ann');
export const BOB = parseUsername('bob');
export const ACME = parseSlug('acme');
export const ann = user('ann');
export const bob = user('bob');
export const service = billing('read');

export const BOB_KEY = userKey(BOB);
export const ACME_KEY = organizationKey(ACME);
export const BOB_IN_ACME = membershipKey(ACME, BOB);
const ANN_IN_ACME = membershipKey(ACME, ANN);

/** All records that the workloads read and write. */
export const KEYS: readonly RecordKey[] = [BOB_KEY, BOB_IN_ACME, ACME_KEY, userKey(ANN), ANN_IN_ACME];
