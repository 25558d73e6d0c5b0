import type { ReachedServer } from '../../ports/cache.ts';
import type { Finding } from '../../ports/diagnosis.ts';
import type { Epoch } from '../../ports/epoch.ts';
import type { MetaAnswer } from '../../ports/meta-store.ts';
import type { CacheIdentity } from '../freshness/epochs/cache-identity.ts';

const HOUR_MS = 3_600_000;
/** So many changes of the server that counts within an hour are no accident. */
const UNSTABLE_OPENINGS = 3;

/**
 * What the meta record says about the cache server that counts, compared with the one that is reached here.
 * @param now wall-clock time in milliseconds since 1970
 */
export function epochFindings(
  { meta, answeredBy }: MetaAnswer,
  identity: CacheIdentity,
  reached: ReachedServer | undefined,
  now: number,
): readonly Finding[] {
  if (meta === undefined) return [{ level: 'ok', what: 'epoch: none yet; the first instance begins one' }];
  const { epoch } = meta;
  if (epoch === undefined) {
    return [
      {
        level: 'warning',
        what: 'epoch: none; the store was last used by a version of Rollcall without epochs',
        advice: 'when no instance of that version is running any more, run `rollcall cache upgrade`',
      },
    ];
  }
  return [
    {
      level: 'ok',
      what: `epoch: ${epoch.n}, ${epoch.state}${ageOf(epoch, now)}, store server ${answeredBy}`,
    },
    ...configuredFindings(meta.cache, identity),
    ...serverFindings(epoch, identity, reached),
    ...stabilityFindings(epoch, now),
  ];
}

function configuredFindings(registered: string, { description }: CacheIdentity): readonly Finding[] {
  if (registered === description) return [];
  return [
    {
      level: 'warning',
      what: `epoch: another instance is configured with the cache "${registered}", and this one with "${description}"`,
      advice: 'configure the same cache on all instances: otherwise it is hardly used',
    },
  ];
}

function serverFindings(
  { cacheServer }: Epoch,
  { isAbsent, isPrivate }: CacheIdentity,
  reached: ReachedServer | undefined,
): readonly Finding[] {
  if (cacheServer === undefined || isAbsent || isPrivate || reached?.id === cacheServer) return [];
  return [
    {
      level: reached === undefined ? 'warning' : 'problem',
      what: `epoch: the instances use the cache server "${cacheServer}"; reached here: ${reached === undefined ? 'none' : `"${reached.id}"`}`,
      advice: 'all instances must reach the same primary, database and key prefix',
    },
  ];
}

function stabilityFindings({ changes }: Epoch, now: number): readonly Finding[] {
  const openings = changes.filter(({ to, at }) => to === 'opening' && now - Date.parse(at) < HOUR_MS);
  if (openings.length === 0) return [];
  const what = `epoch: ${openings.length} new cache server${openings.length === 1 ? '' : 's'} within the last hour`;
  return openings.length < UNSTABLE_OPENINGS
    ? [{ level: 'ok', what }]
    : [
        {
          level: 'problem',
          what,
          advice:
            'instances reach different cache servers, or one that is only available at times; see docs/operations.md',
        },
      ];
}

function ageOf({ changes }: Epoch, now: number): string {
  const last = changes.at(-1);
  return last === undefined
    ? ''
    : ` for ${Math.max(0, Math.round((now - Date.parse(last.at)) / 1000))} s (${last.why})`;
}
