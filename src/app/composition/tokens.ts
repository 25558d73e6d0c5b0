import type { ServiceIdentifier } from 'inversify';
import type { HttpServer } from '../../adapters/http/http-server.ts';
import type { Authenticator } from '../../ports/authenticator.ts';
import type { Cache } from '../../ports/cache.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Diagnosable } from '../../ports/diagnosis.ts';
import type { ExternalCommits } from '../../ports/external-commits.ts';
import type { Ids } from '../../ports/ids.ts';
import type { BackupSource, Migratable, Provisionable } from '../../ports/maintenance.ts';
import type { SelfChecking } from '../../ports/self-checking.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { UserStore } from '../../ports/user-store.ts';
import type { AccountService } from '../account-service.ts';
import type { CacheIdentity } from '../freshness/epochs/cache-identity.ts';
import type { EpochKeeper } from '../freshness/epochs/epoch-keeper.ts';
import type { EpochWatch } from '../freshness/epochs/epoch-watch.ts';
import type { FreshRecords } from '../freshness/fresh-records.ts';
import type { BackgroundSweep } from '../operations/background-sweep.ts';
import type { CacheEpochs } from '../operations/cache-epochs.ts';
import type { Doctor, InspectedStore } from '../operations/doctor.ts';
import type { Health } from '../operations/health.ts';
import type { StartUp } from '../operations/start-up.ts';
import type { Sweep } from '../operations/sweep.ts';

const token = <T>(name: string): ServiceIdentifier<T> => Symbol(name);

/** The keys of the container, each with the type of its value. */
export const TOKENS = {
  clock: token<Clock>('Clock'),
  ids: token<Ids>('Ids'),
  telemetry: token<Telemetry>('Telemetry'),
  store: token<UserStore>('UserStore'),
  /** The store for `doctor`, which must neither create nor change it. */
  inspectedStore: token<InspectedStore>('InspectedStore'),
  /** Warnings of the store to print at start, one line each. */
  startWarnings: token<readonly string[]>('StartWarnings'),
  /** Bound only for a store that other programs may change. */
  externalCommits: token<ExternalCommits>('ExternalCommits'),
  /** Bound only for an adapter that can lose its resources. */
  selfChecking: token<SelfChecking>('SelfChecking'),
  cache: token<Cache>('Cache'),
  cacheIdentity: token<CacheIdentity>('CacheIdentity'),
  authenticator: token<Authenticator>('Authenticator'),
  epochKeeper: token<EpochKeeper>('EpochKeeper'),
  epochWatch: token<EpochWatch>('EpochWatch'),
  records: token<FreshRecords>('FreshRecords'),
  accountService: token<AccountService>('AccountService'),
  health: token<Health>('Health'),
  startUp: token<StartUp>('StartUp'),
  cacheEpochs: token<CacheEpochs>('CacheEpochs'),
  sweep: token<Sweep>('Sweep'),
  backgroundSweep: token<BackgroundSweep>('BackgroundSweep'),
  httpServer: token<HttpServer>('HttpServer'),
  doctor: token<Doctor>('Doctor'),
  /** Bound where the adapter can diagnose its server. */
  storeDiagnosis: token<Diagnosable>('StoreDiagnosis'),
  cacheDiagnosis: token<Diagnosable>('CacheDiagnosis'),
  /** One for each adapter that can set up its server. */
  provisionable: token<Provisionable>('Provisionable'),
  migratable: token<Migratable>('Migratable'),
  backupSource: token<BackupSource>('BackupSource'),
};
