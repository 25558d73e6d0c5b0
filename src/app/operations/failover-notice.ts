import type { Finding } from '../../ports/diagnosis.ts';
import type { Meta, MetaAnswer } from '../../ports/user-store.ts';

/** A failover is reported for a week. */
const NOTICE_MS = 7 * 86_400_000;

const CONSEQUENCE =
  'changes acknowledged before may be missing, cached entries were invalidated; see Failover in docs/operations.md';

/** What operators must know of the last failover; `undefined` = nothing. */
export function failoverNotice({ failover, storeServer }: Meta, now: number): string | undefined {
  if (failover === undefined || now - Date.parse(failover.at) > NOTICE_MS) return undefined;
  return `the store is on another server since ${failover.at}: it moved from ${failover.from} to ${storeServer}; ${CONSEQUENCE}`;
}

/** The same, and a failover that no instance has noticed yet. */
export function failoverFinding({ meta, answeredBy }: MetaAnswer, now: number): Finding | undefined {
  if (meta === undefined) return undefined;
  const { storeServer } = meta;
  if (storeServer !== undefined && answeredBy !== undefined && storeServer !== answeredBy) {
    return {
      level: 'warning',
      what: `store: ${answeredBy} answers, but the instances last used ${storeServer}; it failed over, or a backup was restored`,
      advice:
        'changes acknowledged before may be missing, see Failover in docs/operations.md; the instances invalidate cached entries as soon as they notice',
    };
  }
  const notice = failoverNotice(meta, now);
  return notice === undefined ? undefined : { level: 'warning', what: notice };
}
