/*
 * Two records, a user and a membership, that are read together and changed separately or in one transaction
 * (docs/freshness.md). Writer 1 changes both; the others change the membership, and their decision depends on the user.
 *
 * Sizes: WRITERS, READERS (one read each), LATE. Options: EVICT; TWO_ROUNDS: `getMany` for a cache that has only `get`.
 * ONLY=p checks only property p. Each of the other macros disables one rule.
 */
#define KEYS 2
#define STORED(k) store[k]
#define MARKER_MAY_EXPIRE(k) (!pending)

#if defined(ONLY)
#define CLAIMS(property) (property == ONLY)
#elif defined(EVICT)
#define CLAIMS(property) (property == acknowledged_write_missed)
#else
#define CLAIMS(property) true
#endif

byte store[2] = 1;           /* the records; the number of a value is its version */
byte pending;                /* bit w: a commit of writer w may still be applied */
byte minimum[2] = 1;           /* the acknowledged value of each record */
byte startedReaders;
#include "cache.pml"

/* The history: the number of commits, and for each pair of values the commit that last ended it (0: none yet). */
byte revision = 1;
byte validUntil[(WRITERS + 2) * (WRITERS + 2)];
#define PAIR(u, m) ((u) * (WRITERS + 2) + (m))
#define IS_CURRENT(u, m) (store[0] == u && store[1] == m)

#define CHANGES(w, k) (w == 1 || k == 1)
#define EXPECTED (store[0] == loaded[0] && store[1] == loaded[1])  /* records that were only read are preconditions too */
#define CLEAR_PENDING(w) pending = pending & ~(1 << w)

inline applyCommit(w) {
  validUntil[PAIR(store[0], store[1])] = revision; revision++;
  for (k : 0 .. 1) { store[k] = store[k] + (CHANGES(w, k) -> 1 : 0); loaded[k] = store[k] }
  k = 0; CLEAR_PENDING(w);
  printf("| writer %d commits: user %d, membership %d\n", w, store[0], store[1])
}
#define MARK(w) TOKEN(w, 1)
#define SECOND_MARK(w) TOKEN(w, 2)

inline raiseMinimum(w) {
  for (k : 0 .. 1) { minimum[k] = (CHANGES(w, k) && loaded[k] > minimum[k] && CLAIMS(acknowledged_write_missed) -> loaded[k] : minimum[k]) }
}

proctype Writer(byte w) {
  byte loaded[2], k;
  bool done[2], ok;          /* done: marked; later: published */

  atomic { /* Write 1 */
    loaded[0] = store[0]; loaded[1] = store[1]; done[0] = !CHANGES(w, 0);
    printf("| writer %d reads user %d, membership %d\n", w, loaded[0], loaded[1])
  }

mark: /* Write 2, in any order. The commit deadline counts from the first acknowledged marker. */
  atomic {
    if
    :: !done[0] -> k = 0
    :: !done[1] -> k = 1
    :: done[0] && done[1] -> done[0] = !CHANGES(w, 0); done[1] = false; goto commit
    fi;
    putMarker(w, k, MARK(w), ok);
    if
    :: ok -> ok = false; done[k] = true; k = 0; pending = pending | (1 << w); goto mark
    :: else -> CLEAR_PENDING(w); printf("| writer %d answers 503 cache_unavailable, or crashes\n", w); goto end
    fi
  }

commit: /* Write 3, one transaction */
  atomic {
    if
    :: EXPECTED -> applyCommit(w)
    :: !EXPECTED -> CLEAR_PENDING(w); printf("| writer %d answers 409 conflict\n", w); goto end
    :: CLEAR_PENDING(w); printf("| writer %d crashes, or the store fails the commit\n", w); goto end
    :: printf("| writer %d answers 503 outcome_unknown: the commit may be applied later\n", w); done[0] = false; goto outcomeUnknown
    fi
  }

publishing: /* Write 4, in any order; acknowledged after every record is published or marked again */
  atomic {
    if
    :: !done[0] -> k = 0
    :: !done[1] -> k = 1
    :: printf("| writer %d crashes\n", w); goto end
    fi;
    publishValue(w, k, MARK(w), loaded[k], ok);
    if
    :: ok -> goto published
    :: else
    fi
  }
  atomic {
    putMarker(w, k, SECOND_MARK(w), ok);
    if
    :: ok
    :: else -> printf("| writer %d answers 503 outcome_unknown, or crashes\n", w); goto end
    fi
  }
published:
  atomic {
    done[k] = true; k = 0; ok = false;
    if
    :: done[0] && done[1] -> printf("| writer %d acknowledges\n", w); raiseMinimum(w); goto end
    :: else -> goto publishing
    fi
  }

outcomeUnknown: /* already answered */
  atomic {
    if
    :: EXPECTED -> printf("| late commit:\n"); applyCommit(w)
    :: CLEAR_PENDING(w)
    fi
  }

end:
  atomic { loaded[0] = 0; loaded[1] = 0; done[0] = false; done[1] = false; k = 0; ok = false; processEnded() }
}

/* Records read together existed together at some instant after the read started. */
inline answer(r, u, m) {
  printf("| reader %d answers user %d, membership %d\n", r, u, m);
  if
  :: CLAIMS(acknowledged_write_missed) && (u < required[0] || m < required[1]) -> VIOLATES(acknowledged_write_missed)
  :: CLAIMS(inconsistent_snapshot) && !IS_CURRENT(u, m) && validUntil[PAIR(u, m)] == 0 -> VIOLATES(inconsistent_snapshot)
  :: CLAIMS(outdated_snapshot) && !IS_CURRENT(u, m) && validUntil[PAIR(u, m)] < startedAt -> VIOLATES(outdated_snapshot)
  :: else
  fi;
  required[0] = 0; required[1] = 0; startedAt = 0
}

inline get(which) {
  seen[which].kind = cache[which].kind; seen[which].id = cache[which].id;
  printf("| reader %d gets the %e: %e %d\n", r, NAME(which), seen[which].kind, seen[which].id)
}

/* An entry that differs between the two rounds counts as a marker. */
inline getAgain(which) {
  if
  :: HOLDS(which, seen[which].kind) && cache[which].id == seen[which].id
  :: else -> seen[which].kind = marker; seen[which].id = 0
  fi;
  printf("| reader %d gets the %e again: %e %d\n", r, NAME(which), cache[which].kind, cache[which].id)
}
#define SEEN(what) (seen[0].kind == what || seen[1].kind == what)
#define SEEN_BOTH (seen[0].kind == value && seen[1].kind == value)

inline discardLookup() {
  mayWait = false;
#ifndef MIX_CACHE_AND_STORE
  for (k : 0 .. 1) { seen[k].kind = 0; seen[k].id = 0 }
  k = 0
#endif
}

inline beginRead(r) {
  startedReaders == r - 1; startedReaders = r; /* symmetry reduction */
  required[0] = minimum[0]; required[1] = minimum[1]; startedAt = revision
}

proctype Reader(byte r) {
  Entry seen[2];
  byte required[2], found[2], startedAt, k;
  mtype outcome;
  bool hasLease[2], mayWait, waited, ok;

lookup: /* One atomic `getMany`; or two rounds of `get`, where the second round starts after the first has been answered. */
  atomic {
    if
    :: !waited -> beginRead(r)
    :: waited
    fi;
    if
    :: printf("| reader %d cannot reach the cache, or times out\n", r); goto snapshot
#if defined(TWO_ROUNDS) || defined(ONE_ROUND)
    :: k = 0
    :: k = 1
    fi;
    get(k)
  }
#ifdef TWO_ROUNDS
  atomic { get(1 - k) }
  atomic {
    if
    :: k = 0
    :: k = 1
    fi;
    getAgain(k)
  }
  atomic {
    getAgain(1 - k); k = 0;
#else
  atomic {
    get(1 - k); k = 0;
#endif
#else
    :: get(0); get(1)
    fi;
#endif
    if
    :: SEEN_BOTH -> answer(r, seen[0].id, seen[1].id); goto end
    :: !SEEN_BOTH && waited -> discardLookup(); goto snapshot
    :: !SEEN_BOTH && !waited -> mayWait = !SEEN(marker)
    fi
  }

load: /* Leases for missing records, in any order. All outcomes are known before the store is read. */
  atomic {
    if
    :: seen[0].kind == nothing -> k = 0
    :: seen[1].kind == nothing -> k = 1
    :: !SEEN(nothing) && mayWait -> waited = true; discardLookup(); goto lookup
    :: !SEEN(nothing) -> discardLookup(); goto snapshot
    fi;
    addLease(r, k, TOKEN(r, 1), outcome);
    seen[k].kind = lease; hasLease[k] = (outcome == won); mayWait = mayWait && outcome == lost; outcome = 0; k = 0;
    goto load
  }

snapshot:
#ifdef NO_SNAPSHOT
  atomic { found[0] = store[0]; printf("| reader %d reads user %d from the store\n", r, found[0]) }
#endif
  atomic {
#ifdef NO_SNAPSHOT
    found[1] = store[1]; printf("| reader %d reads membership %d from the store\n", r, found[1]);
#else
    found[0] = store[0]; found[1] = store[1]; printf("| reader %d reads user %d, membership %d from the store\n", r, found[0], found[1]);
#endif
#ifdef MIX_CACHE_AND_STORE
    for (k : 0 .. 1) { found[k] = (seen[k].kind == value -> seen[k].id : found[k]) }
    k = 0;
#endif
    answer(r, found[0], found[1]);
    for (k : 0 .. 1) { seen[k].kind = 0; seen[k].id = 0; found[k] = (hasLease[k] -> found[k] : 0) }
    k = 0
  }

filling: /* only under leases known to be won */
  atomic {
    if
    :: hasLease[0] -> k = 0
    :: hasLease[1] -> k = 1
    :: !hasLease[0] && !hasLease[1] -> goto end
    fi;
    hasLease[k] = false; fillValue(r, k, TOKEN(r, 1), found[k], ok); found[k] = 0; k = 0; ok = false; goto filling
  }

end:
  atomic {
    for (k : 0 .. 1) { seen[k].kind = 0; seen[k].id = 0; found[k] = 0; required[k] = 0; hasLease[k] = false }
    k = 0; startedAt = 0; outcome = 0; mayWait = false; waited = false; ok = false; processEnded()
  }
}

init {
  byte i;
  atomic {
    setEntry(0, value, 1); setEntry(1, value, 1); printf("| the store and the cache hold user 1, membership 1\n");
    running = WRITERS + READERS;
    run Expiry(0); run Expiry(1);
    for (i : 1 .. WRITERS) { run Writer(i) }
    for (i : 1 .. READERS) { run Reader(i) }
    i = 0
  }
}
