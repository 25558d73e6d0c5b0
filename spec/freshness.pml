/*
 * The freshness protocol for one record (docs/freshness.md): writers, readers and all faults.
 * "Read 3" etc. refer to the steps in that document. Each `atomic` is one step; a `goto` ends it. A process may crash
 * before any step: it ends, or simply never continues.
 *
 * Sizes: WRITERS (one write each), READERS, READS (sequential reads of each reader), LATE, MARKS (attempts to put a
 * marker), PLANS (attempts to plan a write). Options: EVICT; DELETES: the writers change, delete and re-create the record;
 * REPLAY: writers 1 and 2 use the same Idempotency-Key; NO_OP: a writer may find that there is nothing to change.
 * ONLY=p checks only property p.
 * Each of the other macros disables one rule.
 */
#define KEYS 1
#define STORED(k) store

#if defined(ONLY)
#define CLAIMS(property) (property == ONLY)
#elif defined(EVICT) /* the only guarantee is that acknowledged writes are not missed */
#define CLAIMS(property) (property == acknowledged_write_missed)
#else
#define CLAIMS(property) true
#endif

byte store = 1;              /* the record: value n was written by commit n-1 */
byte version[WRITERS + 2];   /* the version of each value: n, unless a version is reused */
bool absent[WRITERS + 2];    /* DELETES: whether a value means that the record is absent */
byte recorded;               /* REPLAY: the value in the idempotency record, which is part of the commit */
byte pending;                /* bit w: a commit of writer w may still be applied */
byte minimum = 1;              /* the oldest value that a read starting now may return */
byte startedWriters, startedReaders;

/* All markers have the same TTL, so the current marker, put last, outlives every commit that was marked earlier. */
#ifdef DIFFERENT_TTLS
#define MARKER_MAY_EXPIRE(k) (!(pending & (1 << (cache[k].id / 10))))
#else
#define MARKER_MAY_EXPIRE(k) (!pending)
#endif
#include "cache.pml"

inline raiseMinimum(property, to) {
  if
  :: CLAIMS(property) && to > minimum -> minimum = to
  :: else
  fi
}

inline acknowledge(w) {
  printf("| writer %d acknowledges value %d\n", w, committed);
  raiseMinimum(acknowledged_write_missed, committed)
}

inline readStore(w) {
  loaded = store; printf("| writer %d reads value %d (version %d) from the store\n", w, loaded, version[loaded])
}

/* Write 1: the record for the plan; it may be read from the cache. */
inline readRecord(w) {
  if
  :: HOLDS(0, value) -> loaded = cache[0].id; printf("| writer %d reads value %d (version %d) from the cache\n", w, loaded, version[loaded])
  :: readStore(w)
  fi
}

#ifdef NO_VERSION_PRECONDITION
#define EXPECTED true
#else
#define EXPECTED (version[store] == version[loaded])
#endif
#ifdef REPLAY
#define ALREADY_APPLIED(w) (recorded && w <= 2)
#else
#define ALREADY_APPLIED(w) false
#endif
#if defined(DELETES)
#define SYMMETRIC(w) false
#elif defined(REPLAY)
#define SYMMETRIC(w) (w <= 2)
#else
#define SYMMETRIC(w) true
#endif
#define CLEAR_PENDING(w) pending = pending & ~(1 << w)

/* Write 3, in the store. A deletion leaves a tombstone with the next version. DELETES: writer 2 deletes. */
inline applyCommit(w) {
  store++; committed = store; version[committed] = version[loaded] + 1; absent[committed] = false;
#ifdef DELETES
  absent[committed] = (w == 2);
#ifdef NO_TOMBSTONES
  version[committed] = (absent[committed] -> 0 : version[committed]);
#endif
#endif
#ifdef REPLAY
  recorded = (w <= 2 -> committed : recorded);
#endif
  CLEAR_PENDING(w);
  if
  :: absent[committed] -> printf("| writer %d commits value %d: deleted, version %d\n", w, committed, version[committed])
  :: else -> printf("| writer %d commits value %d as version %d\n", w, committed, version[committed])
  fi
}

/* The commit has failed. The marker stays. */
inline leaveMarker(w) {
  CLEAR_PENDING(w);
#ifdef CLEAR_OWN_MARKER
  if
  :: HOLDS(0, marker) && cache[0].id == token -> setEntry(0, nothing, 0); printf("| writer %d removes its marker %d.%d\n", w, T(token))
  :: else
  fi
#endif
}

inline nextToken(w) { tokens++; token = TOKEN(w, tokens) } /* never used before */

proctype Writer(byte w) {
  byte loaded, committed, token, tokens, markAttempts, plans;
  bool ok;

  atomic {
    !SYMMETRIC(w) || startedWriters == w - 1; /* symmetry reduction */
    startedWriters = (SYMMETRIC(w) -> w : startedWriters);
#ifdef REPLAY /* look up the idempotency record, then mark, then answer */
#ifdef MARK_THEN_LOOKUP
    nextToken(w); putMarker(w, 0, token, ok)
  }
  atomic {
    if
    :: ok && ALREADY_APPLIED(w) -> committed = recorded; printf("| writer %d finds its idempotency record: value %d\n", w, committed); acknowledge(w); goto end
    :: else
    fi
  }
  atomic {
#endif
    if
    :: ALREADY_APPLIED(w) -> committed = recorded; printf("| writer %d finds its idempotency record: value %d\n", w, committed); goto replayed
    :: else
    fi
  }
  atomic {
#endif
#ifndef MARK_THEN_READ
    readRecord(w) /* Write 1 */
#endif
  }

plan:
  atomic {
    plans++; markAttempts = 0;
#ifdef DELETES
    if
    :: absent[loaded] == (w == 3) -> skip /* writers 1 and 2 need an existing record, writer 3 an absent one */
    :: else -> printf("| writer %d: the plan is refused\n", w); goto end
    fi
#endif
#ifdef NO_OP
    if
    :: committed = loaded; printf("| writer %d finds nothing to change: value %d\n", w, committed); goto noOp
    :: true
    fi
#endif
  }

mark: /* Write 2 */
  atomic {
    if
#ifdef SAME_TOKEN
    :: tokens = 1; token = TOKEN(w, 1); markAttempts++; putMarker(w, 0, token, ok)
#else
    :: nextToken(w); markAttempts++; putMarker(w, 0, token, ok)
#endif
    :: printf("| writer %d crashes\n", w); goto end
    fi;
    if
    :: ok -> pending = pending | (1 << w)
    :: !ok && markAttempts < MARKS -> goto mark
    :: else -> printf("| writer %d answers 503 cache_unavailable\n", w); goto end
    fi
  }
#ifdef MARK_THEN_READ
  atomic { readStore(w) }
#endif

  atomic { /* Write 3 */
    if
    :: EXPECTED && !ALREADY_APPLIED(w) -> applyCommit(w)
    :: EXPECTED && !ALREADY_APPLIED(w) -> applyCommit(w); printf("| writer %d crashes, or gets no response: 503 outcome_unknown\n", w); goto end
    :: !EXPECTED && !ALREADY_APPLIED(w) -> printf("| writer %d cannot commit: version conflict\n", w); goto conflict
    :: ALREADY_APPLIED(w) -> committed = recorded; printf("| writer %d cannot commit: its request is already applied, value %d\n", w, committed); leaveMarker(w); goto replayed
    :: printf("| writer %d crashes, or the store fails the commit\n", w); leaveMarker(w); goto end
    :: printf("| writer %d answers 503 outcome_unknown: the commit may be applied later\n", w); goto outcomeUnknown
    fi
  }

  atomic { /* Write 4 */
    if
#ifdef PUBLISH_UNCONDITIONALLY
    :: setEntry(0, value, committed); ok = true; printf("| writer %d publishes value %d unconditionally\n", w, committed)
#else
    :: publishValue(w, 0, token, committed, ok)
#endif
    :: printf("| writer %d crashes\n", w); goto end
    fi;
#ifdef NO_MARK_AGAIN
    acknowledge(w); goto end;
#endif
    if
    :: ok -> acknowledge(w); goto end
    :: else -> markAttempts = 0; goto markAgain
    fi
  }

noOp: /* older entries are invalidated; the cache is read to find them */
  atomic {
#ifdef LEAVE_OLDER_ENTRIES
    acknowledge(w); goto end;
#endif
    markAttempts = 0;
    if
    :: HOLDS(0, nothing) || HOLDS(0, marker) || (HOLDS(0, value) && cache[0].id >= committed) -> acknowledge(w); goto end
    :: HOLDS(0, lease) || (HOLDS(0, value) && cache[0].id < committed) -> printf("| writer %d finds an older value or a lease in the cache\n", w); goto markAgain
    :: printf("| writer %d cannot reach the cache, or times out\n", w); goto markAgain
    :: printf("| writer %d crashes\n", w); goto end
    fi
  }

replayed:
  atomic {
#ifdef REPLAY_WITHOUT_MARK
    acknowledge(w); goto end;
#endif
    markAttempts = 0
  }
markAgain: /* acknowledged only after this marker is confirmed */
  atomic {
    if
#ifdef SAME_TOKEN_AGAIN
    :: markAttempts++; putMarker(w, 0, token, ok)
#else
    :: nextToken(w); markAttempts++; putMarker(w, 0, token, ok)
#endif
    :: printf("| writer %d crashes\n", w); goto end
    fi;
#ifdef ACKNOWLEDGE_UNMARKED
    ok = true;
#endif
    if
    :: ok -> acknowledge(w)
    :: !ok && markAttempts < MARKS -> goto markAgain
    :: else -> printf("| writer %d answers 503 outcome_unknown\n", w)
    fi;
    goto end
  }

conflict: /* leave the marker, read from the store, plan again */
  atomic {
    leaveMarker(w);
    if
    :: plans < PLANS -> readStore(w); goto plan
    :: else -> printf("| writer %d answers 409 conflict\n", w); goto end
    fi
  }

outcomeUnknown: /* already answered; the commit is applied while the marker cannot expire, or never */
  atomic {
    if
    :: EXPECTED && !ALREADY_APPLIED(w) -> printf("| late commit:\n"); applyCommit(w)
    :: leaveMarker(w)
    fi
  }

end:
  atomic { loaded = 0; committed = 0; token = 0; tokens = 0; markAttempts = 0; plans = 0; ok = false; processEnded() }
}

inline answer(r, with) {
  printf("| reader %d answers value %d\n", r, with);
  if
  :: with < required && CLAIMS(acknowledged_write_missed) -> VIOLATES(acknowledged_write_missed)
  :: with < required && !CLAIMS(acknowledged_write_missed) -> VIOLATES(non_monotonic_read)
  :: else
  fi;
  raiseMinimum(non_monotonic_read, with);
  required = 0
}

proctype Reader(byte r) {
  byte reads, required, token, found;
  mtype outcome;
  bool ok;

lookup: /* A read lasts from its lookup to its last step: the shortest possible interval, which is the strictest check. */
  atomic {
    if
    :: reads == READS -> goto end
    :: reads > 0 && reads < READS
    :: reads == 0 && startedReaders == r - 1 -> startedReaders = r
    fi;
    reads++; required = minimum;
    if
    :: HOLDS(0, value) -> printf("| reader %d finds value %d\n", r, cache[0].id); answer(r, cache[0].id); goto lookup
    :: HOLDS(0, marker) -> printf("| reader %d finds marker %d.%d\n", r, T(cache[0].id)); goto bypass
    :: HOLDS(0, lease) -> printf("| reader %d finds lease %d.%d\n", r, T(cache[0].id)); goto wait
    :: HOLDS(0, nothing) -> printf("| reader %d finds no entry\n", r); goto load
    :: printf("| reader %d cannot reach the cache, or times out\n", r); goto bypass
    fi
  }

load: /* Read 3 */
#ifdef READ_THEN_LEASE
  atomic { found = store; printf("| reader %d reads value %d from the store\n", r, found) }
#endif
  atomic {
#ifdef SAME_LEASE_TOKEN
    token = TOKEN(r, 1);
#else
    token = TOKEN(r, reads);
#endif
    addLease(r, 0, token, outcome);
    if
    :: outcome == won
    :: outcome == lost -> goto wait
#ifdef FILL_UNCERTAIN
    :: outcome == unknown
#else
    :: outcome == unknown -> goto bypass
#endif
    fi
  }
  atomic {
#ifndef READ_THEN_LEASE
    found = store; printf("| reader %d reads value %d from the store\n", r, found);
#endif
    answer(r, found)
  }
  atomic { fillValue(r, 0, token, found, ok); token = 0; found = 0; outcome = 0; ok = false; goto lookup }

wait: /* Read 3, lease lost: the value of the other reader, or the store */
  atomic {
    token = 0; found = 0; outcome = 0;
    if
    :: HOLDS(0, value) -> printf("| reader %d waits and finds value %d\n", r, cache[0].id); answer(r, cache[0].id); goto lookup
    :: goto bypass
    fi
  }

bypass: /* Read 2 and 4 */
  atomic { token = 0; found = 0; outcome = 0; printf("| reader %d reads value %d from the store and does not fill\n", r, store); answer(r, store); goto lookup }

end:
  atomic { reads = 0; processEnded() }
}

init {
  byte i;
  atomic {
    for (i : 0 .. WRITERS + 1) { version[i] = i }
    if
    :: setEntry(0, value, 1); printf("| the store and the cache hold value 1 (version 1) of the user\n")
    :: setEntry(0, nothing, 0); printf("| the store holds value 1 (version 1) of the user, the cache has no entry\n")
    fi;
    running = WRITERS + READERS;
    run Expiry(0);
    for (i : 1 .. WRITERS) { run Writer(i) }
    i = 1;
    do
    :: i <= READERS -> run Reader(i); i++
    :: else -> break
    od;
    i = 0
  }
}
