import type {
  CacheServer,
  Epoch,
  EpochChange,
  EpochReason,
  EpochState,
  StoreServer,
} from '../../../ports/epoch.ts';
import type { EpochSettings } from './epoch-settings.ts';

/** Who changes the record, when, and why. */
export interface ChangeNote {
  readonly by: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string;
  readonly why: EpochReason;
}

/** Covers the drift of the clocks between two machines. */
const DRIFT = 1.05;
const DRIFT_MS = 50;
const MAX_CHANGES = 20;
/** An epoch that ends sooner than this after its opening doubles the time that a server must hold. */
const SHORT_EPOCH_MS = 600_000;
const MAX_HOLD_MS = 60_000;

/** How long a wait must be so that it has certainly passed by the clock of every other instance. */
function withDrift(ms: number): number {
  return Math.ceil(ms * DRIFT) + DRIFT_MS;
}

/** The record of a store that has none, or whose server was replaced: nobody can mark until a cache server is taken. */
export function closingForStore(
  before: Epoch | undefined,
  storeServer: StoreServer,
  settings: EpochSettings,
  note: ChangeNote,
): Epoch {
  const { permitMs, commitMs } = before ?? settings;
  return next(before, note, {
    state: 'closing',
    storeServer,
    holdMs: before?.holdMs ?? settings.holdMs,
    permitMs,
    commitMs,
    waitMs: withDrift(permitMs),
  });
}

/** open → closing: no hits are permitted any more; marked commits go on. */
export function closing(before: Epoch, note: ChangeNote): Epoch {
  return next(before, note, { ...before, state: 'closing', waitMs: withDrift(before.permitMs) });
}

/** closing → open under the same token: by the instance that set it, once it has marked again. */
export function reopened(before: Epoch, note: ChangeNote): Epoch {
  return next(before, note, { ...before, state: 'open', waitMs: 0 });
}

/** closing, opening → closed: every permit for a hit has run out. */
export function closed(before: Epoch, settings: EpochSettings, note: ChangeNote): Epoch {
  const { token: _, cacheServer: __, ...rest } = before;
  const holdMs =
    before.state === 'opening' || wasShort(before, note.at)
      ? Math.min(2 * before.holdMs, Math.max(MAX_HOLD_MS, settings.holdMs))
      : settings.holdMs;
  return next(before, note, { ...rest, state: 'closed', holdMs, waitMs: 0 });
}

/** closed → opening. @param token never used before */
export function opening(
  before: Epoch,
  { token, cacheServer }: { readonly token: string; readonly cacheServer: CacheServer },
  { permitMs, commitMs }: Pick<EpochSettings, 'permitMs' | 'commitMs'>,
  note: ChangeNote,
): Epoch {
  const waitMs =
    withDrift(Math.max(permitMs, before.permitMs)) + withDrift(Math.max(commitMs, before.commitMs));
  return next(before, note, { ...before, state: 'opening', token, cacheServer, permitMs, commitMs, waitMs });
}

/** opening → open: every unmarked commit, and every permit for one, has run out. */
export function opened(before: Epoch, note: ChangeNote): Epoch {
  return next(before, note, { ...before, state: 'open', waitMs: 0 });
}

/** The record of a store that this process alone has open, with a cache in its memory. */
export function openedExclusively(
  before: Epoch | undefined,
  { token, cacheServer, storeServer }: Required<Pick<Epoch, 'token' | 'cacheServer' | 'storeServer'>>,
  { holdMs, permitMs, commitMs }: EpochSettings,
  note: ChangeNote,
): Epoch {
  return next(before, note, {
    state: 'open',
    token,
    cacheServer,
    storeServer,
    holdMs,
    permitMs,
    commitMs,
    waitMs: 0,
  });
}

/** The same where its cache cannot be reached, or there is none. */
export function closedExclusively(
  before: Epoch | undefined,
  storeServer: StoreServer,
  { holdMs, permitMs, commitMs }: EpochSettings,
  note: ChangeNote,
): Epoch {
  return next(before, note, { state: 'closed', storeServer, holdMs, permitMs, commitMs, waitMs: 0 });
}

/** How many times hits have ended within the ten minutes before `at`. */
export function recentClosings({ changes }: Epoch, at: string): number {
  const since = Date.parse(at) - SHORT_EPOCH_MS;
  return changes.filter(({ to, at: when }) => to === 'closing' && Date.parse(when) > since).length;
}

function wasShort({ changes }: Epoch, at: string): boolean {
  const lastOpening = changes.findLast(({ to }) => to === 'opening');
  return lastOpening !== undefined && Date.parse(at) - Date.parse(lastOpening.at) < SHORT_EPOCH_MS;
}

function next(
  before: Epoch | undefined,
  { by, at, why }: ChangeNote,
  after: Omit<Epoch, 'protocol' | 'n' | 'by' | 'changes'> & { readonly state: EpochState },
): Epoch {
  const change: EpochChange = { at, to: after.state, by, why };
  return {
    ...after,
    protocol: 1,
    n: (before?.n ?? 0) + 1,
    by,
    changes: [...(before?.changes ?? []), change].slice(-MAX_CHANGES),
  };
}
