/*
 * Two records, a user and a membership, that are read together and changed alone or in one transaction
 * (docs/freshness.md). Writer 1 changes both; the others change the membership, and rely on the user too.
 *
 * Sizes: WRITERS, READERS (one read each), LATE. Options: EVICT; TWO_ROUNDS, the `getMany` of a cache that has only
 * `get`. ONLY=p checks property p alone. All other macros take one rule away.
 */
#define KEYS 2
#define NOW(k) store[k]
#define MARKER_MAY_EXPIRE(k) (!pending)

#if defined(ONLY)
#define CLAIMS(property) (property == ONLY)
#elif defined(EVICT)
#define CLAIMS(property) (property == acknowledged_write_missed)
#else
#define CLAIMS(property) true
#endif

byte store[2] = 1;           /* the records; a value's number is its version */
byte pending;                /* bit w: a commit of writer w can still land */
byte floor[2] = 1;           /* what has been acknowledged of each */
byte begunReaders;
#include "cache.pml"

/* The history: how many commits there have been, and before which of them each pair was last true (0: never yet). */
byte moment = 1;
byte trueUntil[(WRITERS + 2) * (WRITERS + 2)];
#define PAIR(u, m) ((u) * (WRITERS + 2) + (m))
#define IS_TRUE(u, m) (store[0] == u && store[1] == m)

#define CHANGES(w, k) (w == 1 || k == 1)
#define EXPECTED (store[0] == known[0] && store[1] == known[1])  /* what was only relied on is a condition too */
#define NO_LONGER_PENDING(w) pending = pending & ~(1 << w)

inline applyCommit(w) {
  trueUntil[PAIR(store[0], store[1])] = moment; moment++;
  for (k : 0 .. 1) { store[k] = store[k] + (CHANGES(w, k) -> 1 : 0); known[k] = store[k] }
  k = 0; NO_LONGER_PENDING(w);
  printf("| writer %d commits: user %d, membership %d\n", w, store[0], store[1])
}
#define MARK(w) TOKEN(w, 1)
#define SECOND_MARK(w) TOKEN(w, 2)

inline raiseFloor(w) {
  for (k : 0 .. 1) { floor[k] = (CHANGES(w, k) && known[k] > floor[k] && CLAIMS(acknowledged_write_missed) -> known[k] : floor[k]) }
}

proctype Writer(byte w) {
  byte known[2], k;
  bool done[2], ok;          /* done: marked, later published */

  atomic { /* Write 1 */
    known[0] = store[0]; known[1] = store[1]; done[0] = !CHANGES(w, 0);
    printf("| writer %d knows user %d, membership %d\n", w, known[0], known[1])
  }

mark: /* Write 2, in any order. The commit's time runs from the first mark that is acknowledged. */
  atomic {
    if
    :: !done[0] -> k = 0
    :: !done[1] -> k = 1
    :: done[0] && done[1] -> done[0] = !CHANGES(w, 0); done[1] = false; goto commit
    fi;
    putMarker(w, k, MARK(w), ok);
    if
    :: ok -> ok = false; done[k] = true; k = 0; pending = pending | (1 << w); goto mark
    :: else -> NO_LONGER_PENDING(w); printf("| writer %d answers 503 cache_unavailable, or crashes\n", w); goto end
    fi
  }

commit: /* Write 3, one transaction */
  atomic {
    if
    :: EXPECTED -> applyCommit(w)
    :: !EXPECTED -> NO_LONGER_PENDING(w); printf("| writer %d answers 409 conflict\n", w); goto end
    :: NO_LONGER_PENDING(w); printf("| writer %d crashes, or cannot commit because the store fails\n", w); goto end
    :: printf("| writer %d answers 503 outcome_unknown: the commit is still on its way\n", w); done[0] = false; goto outcomeUnknown
    fi
  }

publishing: /* Write 4, in any order; acknowledged when every record is published or marked again */
  atomic {
    if
    :: !done[0] -> k = 0
    :: !done[1] -> k = 1
    :: printf("| writer %d crashes\n", w); goto end
    fi;
    publishValue(w, k, MARK(w), known[k], ok);
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
    :: done[0] && done[1] -> printf("| writer %d acknowledges\n", w); raiseFloor(w); goto end
    :: else -> goto publishing
    fi
  }

outcomeUnknown: /* already answered */
  atomic {
    if
    :: EXPECTED -> printf("| late:\n"); applyCommit(w)
    :: NO_LONGER_PENDING(w)
    fi
  }

end:
  atomic { known[0] = 0; known[1] = 0; done[0] = false; done[1] = false; k = 0; ok = false; ends() }
}

/* Records read together were true together, at a moment not before the read began. */
inline answer(r, u, m) {
  printf("| reader %d answers user %d, membership %d\n", r, u, m);
  if
  :: CLAIMS(acknowledged_write_missed) && (u < least[0] || m < least[1]) -> VIOLATES(acknowledged_write_missed)
  :: CLAIMS(never_true_together) && !IS_TRUE(u, m) && trueUntil[PAIR(u, m)] == 0 -> VIOLATES(never_true_together)
  :: CLAIMS(over_when_read_began) && !IS_TRUE(u, m) && trueUntil[PAIR(u, m)] < since -> VIOLATES(over_when_read_began)
  :: else
  fi;
  least[0] = 0; least[1] = 0; since = 0
}

inline get(which) {
  seen[which].kind = cache[which].kind; seen[which].is = cache[which].is;
  printf("| reader %d gets the %e: %e %d\n", r, NAME(which), seen[which].kind, seen[which].is)
}

/* What is not the same in both rounds counts as a marker. */
inline getAgain(which) {
  if
  :: HOLDS(which, seen[which].kind) && cache[which].is == seen[which].is
  :: else -> seen[which].kind = marker; seen[which].is = 0
  fi;
  printf("| reader %d gets the %e again: %e %d\n", r, NAME(which), cache[which].kind, cache[which].is)
}
#define SEEN(what) (seen[0].kind == what || seen[1].kind == what)
#define SEEN_BOTH (seen[0].kind == value && seen[1].kind == value)

inline forget() {
  mayWait = false;
#ifndef MIX_CACHE_AND_STORE
  for (k : 0 .. 1) { seen[k].kind = 0; seen[k].is = 0 }
  k = 0
#endif
}

inline begins(r) {
  begunReaders == r - 1; begunReaders = r; /* alike */
  least[0] = floor[0]; least[1] = floor[1]; since = moment
}

proctype Reader(byte r) {
  Entry seen[2];
  byte least[2], found[2], since, k;
  mtype outcome;
  bool hasLease[2], mayWait, waited, ok;

look: /* One `getMany`, of one instant; or two rounds of `get`, the second begun when the first has been answered. */
  atomic {
    if
    :: !waited -> begins(r)
    :: waited
    fi;
    if
    :: printf("| reader %d cannot reach the cache, or finds it late\n", r); goto snapshot
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
    :: SEEN_BOTH -> answer(r, seen[0].is, seen[1].is); goto end
    :: !SEEN_BOTH && waited -> forget(); goto snapshot
    :: !SEEN_BOTH && !waited -> mayWait = !SEEN(marker)
    fi
  }

load: /* Leases for what is missing, in any order, and all answers, before the store is read. */
  atomic {
    if
    :: seen[0].kind == nothing -> k = 0
    :: seen[1].kind == nothing -> k = 1
    :: !SEEN(nothing) && mayWait -> waited = true; forget(); goto look
    :: !SEEN(nothing) -> forget(); goto snapshot
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
    for (k : 0 .. 1) { found[k] = (seen[k].kind == value -> seen[k].is : found[k]) }
    k = 0;
#endif
    answer(r, found[0], found[1]);
    for (k : 0 .. 1) { seen[k].kind = 0; seen[k].is = 0; found[k] = (hasLease[k] -> found[k] : 0) }
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
    for (k : 0 .. 1) { seen[k].kind = 0; seen[k].is = 0; found[k] = 0; least[k] = 0; hasLease[k] = false }
    k = 0; since = 0; outcome = 0; mayWait = false; waited = false; ok = false; ends()
  }
}

init {
  byte i;
  atomic {
    setEntry(0, value, 1); setEntry(1, value, 1); printf("| store and cache hold user 1, membership 1\n");
    running = WRITERS + READERS;
    run Expiry(0); run Expiry(1);
    for (i : 1 .. WRITERS) { run Writer(i) }
    for (i : 1 .. READERS) { run Reader(i) }
    i = 0
  }
}
