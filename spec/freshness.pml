/*
 * One record under the freshness protocol (docs/freshness.md): writers, readers, and everything that can go wrong.
 * "Read 3" and the like are the steps of that page. Each `atomic` is one step; a `goto` ends it. A process may crash
 * before every step: then it ends, or is just never heard of again.
 *
 * Sizes: WRITERS (one write each), READERS, READS (of each reader, one after the other), LATE, MARKS (attempts to put a
 * marker), PLANS (how often a write is planned). Options: EVICT; DELETES, the writers change, delete and re-create;
 * REPLAY, writers 1 and 2 carry one Idempotency-Key; AS_IT_IS, a writer may find that there is nothing to change.
 * ONLY=p checks property p alone.
 * All other macros take one rule away.
 */
#define KEYS 1
#define NOW(k) store

#if defined(ONLY)
#define CLAIMS(property) (property == ONLY)
#elif defined(EVICT) /* then it is only claimed that acknowledged writes are not missed */
#define CLAIMS(property) (property == acknowledged_write_missed)
#else
#define CLAIMS(property) true
#endif

byte store = 1;              /* the record: value n is what the (n-1)th commit wrote */
byte version[WRITERS + 2];   /* the version that each value has: n, if no version is used twice */
bool absent[WRITERS + 2];    /* DELETES: whether a value is that there is none */
byte recorded;               /* REPLAY: the value in the idempotency record, written with its commit */
byte pending;                /* bit w: a commit of writer w can still land */
byte floor = 1;              /* no read that begins now may answer with less */
byte begunWriters, begunReaders;

/* All markers have one TTL: the one that stands, which is the last one put, outlives every commit marked before it. */
#ifdef OWN_TTLS
#define MARKER_MAY_EXPIRE(k) (!(pending & (1 << (cache[k].is / 10))))
#else
#define MARKER_MAY_EXPIRE(k) (!pending)
#endif
#include "cache.pml"

inline raiseFloor(property, to) {
  if
  :: CLAIMS(property) && to > floor -> floor = to
  :: else
  fi
}

inline acknowledge(w) {
  printf("| writer %d acknowledges value %d\n", w, mine);
  raiseFloor(acknowledged_write_missed, mine)
}

inline readStore(w) {
  known = store; printf("| writer %d knows value %d (version %d) from the store\n", w, known, version[known])
}

/* Write 1: what the plan relies on; from the cache is fine. */
inline know(w) {
  if
  :: HOLDS(0, value) -> known = cache[0].is; printf("| writer %d knows value %d (version %d) from the cache\n", w, known, version[known])
  :: readStore(w)
  fi
}

#ifdef NO_VERSION_CONDITION
#define EXPECTED true
#else
#define EXPECTED (version[store] == version[known])
#endif
#ifdef REPLAY
#define DONE_ALREADY(w) (recorded && w <= 2)
#else
#define DONE_ALREADY(w) false
#endif
#if defined(DELETES)
#define ALIKE(w) false
#elif defined(REPLAY)
#define ALIKE(w) (w <= 2)
#else
#define ALIKE(w) true
#endif
#define NO_LONGER_PENDING(w) pending = pending & ~(1 << w)

/* Write 3, inside the store. A delete leaves a tombstone with the next version. DELETES: writer 2 deletes. */
inline applyCommit(w) {
  store++; mine = store; version[mine] = version[known] + 1; absent[mine] = false;
#ifdef DELETES
  absent[mine] = (w == 2);
#ifdef NO_TOMBSTONES
  version[mine] = (absent[mine] -> 0 : version[mine]);
#endif
#endif
#ifdef REPLAY
  recorded = (w <= 2 -> mine : recorded);
#endif
  NO_LONGER_PENDING(w);
  if
  :: absent[mine] -> printf("| writer %d commits value %d: deleted, version %d\n", w, mine, version[mine])
  :: else -> printf("| writer %d commits value %d as version %d\n", w, mine, version[mine])
  fi
}

/* The commit has failed. Nobody removes a marker. */
inline leaveMarker(w) {
  NO_LONGER_PENDING(w);
#ifdef CLEAR_OWN_MARKER
  if
  :: HOLDS(0, marker) && cache[0].is == token -> setEntry(0, nothing, 0); printf("| writer %d removes its marker %d.%d\n", w, T(token))
  :: else
  fi
#endif
}

inline nextToken(w) { attempts++; token = TOKEN(w, attempts) } /* never sent before */

proctype Writer(byte w) {
  byte known, mine, token, attempts, tries, plans;
  bool ok;

  atomic {
    !ALIKE(w) || begunWriters == w - 1; /* other orders would show nothing new */
    begunWriters = (ALIKE(w) -> w : begunWriters);
#ifdef REPLAY /* look the idempotency record up, then mark, then answer */
#ifdef MARK_THEN_LOOK
    nextToken(w); putMarker(w, 0, token, ok)
  }
  atomic {
    if
    :: ok && DONE_ALREADY(w) -> mine = recorded; printf("| writer %d finds its request done: value %d\n", w, mine); acknowledge(w); goto end
    :: else
    fi
  }
  atomic {
#endif
    if
    :: DONE_ALREADY(w) -> mine = recorded; printf("| writer %d finds its request done: value %d\n", w, mine); goto replayed
    :: else
    fi
  }
  atomic {
#endif
#ifndef MARK_THEN_KNOW
    know(w) /* Write 1 */
#endif
  }

plan:
  atomic {
    plans++; tries = 0;
#ifdef DELETES
    if
    :: absent[known] == (w == 3) -> skip /* writers 1 and 2 need a record, writer 3 needs none */
    :: else -> printf("| writer %d: the plan is refused\n", w); goto end
    fi
#endif
#ifdef AS_IT_IS
    if
    :: mine = known; printf("| writer %d has nothing to change: value %d\n", w, mine); goto asItIs
    :: true
    fi
#endif
  }

mark: /* Write 2 */
  atomic {
    if
#ifdef SAME_TOKEN
    :: attempts = 1; token = TOKEN(w, 1); tries++; putMarker(w, 0, token, ok)
#else
    :: nextToken(w); tries++; putMarker(w, 0, token, ok)
#endif
    :: printf("| writer %d crashes\n", w); goto end
    fi;
    if
    :: ok -> pending = pending | (1 << w)
    :: !ok && tries < MARKS -> goto mark
    :: else -> printf("| writer %d answers 503 cache_unavailable\n", w); goto end
    fi
  }
#ifdef MARK_THEN_KNOW
  atomic { readStore(w) }
#endif

  atomic { /* Write 3 */
    if
    :: EXPECTED && !DONE_ALREADY(w) -> applyCommit(w)
    :: EXPECTED && !DONE_ALREADY(w) -> applyCommit(w); printf("| writer %d crashes, or gets no reply: 503 outcome_unknown\n", w); goto end
    :: !EXPECTED && !DONE_ALREADY(w) -> printf("| writer %d cannot commit: the record has moved\n", w); goto conflict
    :: DONE_ALREADY(w) -> mine = recorded; printf("| writer %d cannot commit: its request is done, value %d\n", w, mine); leaveMarker(w); goto replayed
    :: printf("| writer %d crashes, or cannot commit because the store fails\n", w); leaveMarker(w); goto end
    :: printf("| writer %d answers 503 outcome_unknown: the commit is still on its way\n", w); goto outcomeUnknown
    fi
  }

  atomic { /* Write 4 */
    if
#ifdef PUBLISH_OVER_ANYTHING
    :: setEntry(0, value, mine); ok = true; printf("| writer %d publishes value %d over whatever is there\n", w, mine)
#else
    :: publishValue(w, 0, token, mine, ok)
#endif
    :: printf("| writer %d crashes\n", w); goto end
    fi;
#ifdef NO_MARK_AGAIN
    acknowledge(w); goto end;
#endif
    if
    :: ok -> acknowledge(w); goto end
    :: else -> tries = 0; goto markAgain
    fi
  }

asItIs: /* what the cache may hold of before is covered; it is looked at for that */
  atomic {
#ifdef LEAVE_OLDER
    acknowledge(w); goto end;
#endif
    tries = 0;
    if
    :: HOLDS(0, nothing) || HOLDS(0, marker) || (HOLDS(0, value) && cache[0].is >= mine) -> acknowledge(w); goto end
    :: HOLDS(0, lease) || (HOLDS(0, value) && cache[0].is < mine) -> printf("| writer %d finds something older, or a lease\n", w); goto markAgain
    :: printf("| writer %d cannot reach the cache, or finds it late\n", w); goto markAgain
    :: printf("| writer %d crashes\n", w); goto end
    fi
  }

replayed:
  atomic {
#ifdef REPLAY_WITHOUT_MARK
    acknowledge(w); goto end;
#endif
    tries = 0
  }
markAgain: /* acknowledged only once it stands */
  atomic {
    if
#ifdef SAME_TOKEN_AGAIN
    :: tries++; putMarker(w, 0, token, ok)
#else
    :: nextToken(w); tries++; putMarker(w, 0, token, ok)
#endif
    :: printf("| writer %d crashes\n", w); goto end
    fi;
#ifdef ACKNOWLEDGE_ANYWAY
    ok = true;
#endif
    if
    :: ok -> acknowledge(w)
    :: !ok && tries < MARKS -> goto markAgain
    :: else -> printf("| writer %d answers 503 outcome_unknown\n", w)
    fi;
    goto end
  }

conflict: /* leave the marker, read again from the store, plan again */
  atomic {
    leaveMarker(w);
    if
    :: plans < PLANS -> readStore(w); goto plan
    :: else -> printf("| writer %d answers 409 conflict\n", w); goto end
    fi
  }

outcomeUnknown: /* already answered; the commit may land as long as the marker cannot expire, or never */
  atomic {
    if
    :: EXPECTED && !DONE_ALREADY(w) -> printf("| late:\n"); applyCommit(w)
    :: leaveMarker(w)
    fi
  }

end:
  atomic { known = 0; mine = 0; token = 0; attempts = 0; tries = 0; plans = 0; ok = false; ends() }
}

inline answer(r, with) {
  printf("| reader %d answers value %d\n", r, with);
  if
  :: with < least && CLAIMS(acknowledged_write_missed) -> VIOLATES(acknowledged_write_missed)
  :: with < least && !CLAIMS(acknowledged_write_missed) -> VIOLATES(order_of_reads)
  :: else
  fi;
  raiseFloor(order_of_reads, with);
  least = 0
}

proctype Reader(byte r) {
  byte reads, least, token, found;
  mtype outcome;
  bool ok;

look: /* A read begins with its look and ends with its last one: the shortest it can be, which asks most of the protocol. */
  atomic {
    if
    :: reads == READS -> goto end
    :: reads > 0 && reads < READS
    :: reads == 0 && begunReaders == r - 1 -> begunReaders = r
    fi;
    reads++; least = floor;
    if
    :: HOLDS(0, value) -> printf("| reader %d finds value %d\n", r, cache[0].is); answer(r, cache[0].is); goto look
    :: HOLDS(0, marker) -> printf("| reader %d finds marker %d.%d\n", r, T(cache[0].is)); goto past
    :: HOLDS(0, lease) -> printf("| reader %d finds lease %d.%d\n", r, T(cache[0].is)); goto wait
    :: HOLDS(0, nothing) -> printf("| reader %d finds nothing\n", r); goto load
    :: printf("| reader %d cannot reach the cache, or finds it late\n", r); goto past
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
#ifdef FILL_UNSURE
    :: outcome == unknown
#else
    :: outcome == unknown -> goto past
#endif
    fi
  }
  atomic {
#ifndef READ_THEN_LEASE
    found = store; printf("| reader %d reads value %d from the store\n", r, found);
#endif
    answer(r, found)
  }
  atomic { fillValue(r, 0, token, found, ok); token = 0; found = 0; outcome = 0; ok = false; goto look }

wait: /* Read 3, lost: the other reader's value, or the store */
  atomic {
    token = 0; found = 0; outcome = 0;
    if
    :: HOLDS(0, value) -> printf("| reader %d has waited and finds value %d\n", r, cache[0].is); answer(r, cache[0].is); goto look
    :: goto past
    fi
  }

past: /* Read 2 and 4 */
  atomic { token = 0; found = 0; outcome = 0; printf("| reader %d reads value %d from the store and fills nothing\n", r, store); answer(r, store); goto look }

end:
  atomic { reads = 0; ends() }
}

init {
  byte i;
  atomic {
    for (i : 0 .. WRITERS + 1) { version[i] = i }
    if
    :: setEntry(0, value, 1); printf("| the store holds value 1 (version 1) of the user, the cache too\n")
    :: setEntry(0, nothing, 0); printf("| the store holds value 1 (version 1) of the user, the cache nothing\n")
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
