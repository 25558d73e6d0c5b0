/*
 * The cache of the models: one entry for each record, the operations of src/ports/cache.ts, and all their outcomes:
 * acknowledged; applied, but the response is lost; failed; timed out, and applied later or never.
 * An operation that is applied and acknowledged is one step, because its sender does nothing until it has the response.
 *
 * Before including this file, a model must define: KEYS; LATE, the maximum number of operations that are applied late;
 * STORED(k), the value of record k in the store; MARKER_MAY_EXPIRE(k); CLAIMS(property). Printed lines that start with |
 * form the trace of a counterexample (spec/check.ts).
 */
mtype = { nothing, value, marker, lease };            /* kinds of entries */
mtype = { put, add, publish, fill };                  /* operations that can be applied late */
mtype = { won, lost, unknown };                       /* outcomes of adding a lease */
mtype = { user, membership };                         /* names of records 0 and 1 */
mtype = { acknowledged_write_missed, non_monotonic_read, inconsistent_snapshot, outdated_snapshot, stale_entry_left };

typedef Entry { mtype kind; byte id }                 /* `id`: the number of the value, or the token */
Entry cache[KEYS];
byte running;                                         /* processes that have not ended, including late operations */
byte lateOperations;                                           /* the number of late operations so far */

#define NAME(k) (user - (k))
#define HOLDS(k, what) (cache[k].kind == what)
#define STALE(k) (HOLDS(k, value) && cache[k].id != STORED(k))
#define MAY_BE_LATE (lateOperations < LATE)
#define VIOLATES(property) printf("VIOLATES %e\n", property); assert(false)

/* Token 12 is the second token of writer or reader 1, printed as 1.2. */
#define TOKEN(sender, attempt) ((sender) * 10 + (attempt))
#define T(token) (token) / 10, (token) % 10

inline setEntry(k, what, which) { cache[k].kind = what; cache[k].id = which }

inline replaceEntry(k, expected, token, new, done) {
  done = HOLDS(k, expected) && cache[k].id == token;
  if
  :: done -> setEntry(k, value, new)
  :: else
  fi
}

/* When the last process ends, no old value may be left. Markers and leases would expire; an old value would stay. */
inline processEnded() {
  running--;
  if
  :: running == 0 && CLAIMS(stale_entry_left) && (STALE(0) || STALE(KEYS - 1)) ->
     printf("| all processes have ended, and an old value stays in the cache for its TTL\n"); VIOLATES(stale_entry_left)
  :: else
  fi
}

/* An operation that timed out for its sender and is applied nevertheless. */
proctype LateOperation(byte op, k, token, new) {
  bool done;
  atomic {
    if
    :: op == put -> setEntry(k, marker, token); printf("| late: marker %d.%d is put on the %e\n", T(token), NAME(k))
    :: op == add && HOLDS(k, nothing) -> setEntry(k, lease, token); printf("| late: lease %d.%d is added to the %e\n", T(token), NAME(k))
    :: op == add && !HOLDS(k, nothing) -> printf("| late: lease %d.%d is refused\n", T(token))
    :: op == publish -> replaceEntry(k, marker, token, new, done)
    :: op == fill -> replaceEntry(k, lease, token, new, done)
    fi;
    if
    :: done -> printf("| late: value %d of the %e replaces the entry with token %d.%d\n", new, NAME(k), T(token))
    :: !done && (op == publish || op == fill) -> printf("| late: value %d of the %e is refused\n", new, NAME(k))
    :: else
    fi;
    op = 0; k = 0; token = 0; new = 0; done = false;
    processEnded()
  }
}

inline applyLater(op, k, token, new) {
  lateOperations++; running++;
  run LateOperation(op, k, token, new)
}

/* Write 2 and 4: a writer puts a marker unconditionally. */
inline putMarker(w, k, token, ok) {
  ok = false;
  if
  :: setEntry(k, marker, token); ok = true; printf("| writer %d puts marker %d.%d on the %e\n", w, T(token), NAME(k))
  :: setEntry(k, marker, token); printf("| writer %d puts marker %d.%d on the %e, but the response is lost\n", w, T(token), NAME(k))
  :: printf("| writer %d tries to put marker %d.%d on the %e: fails\n", w, T(token), NAME(k))
  :: MAY_BE_LATE -> applyLater(put, k, token, 0); printf("| writer %d tries to put marker %d.%d on the %e: times out, may be applied later\n", w, T(token), NAME(k))
#ifdef RESEND_REQUESTS
  :: MAY_BE_LATE -> setEntry(k, marker, token); ok = true; applyLater(put, k, token, 0); printf("| writer %d puts marker %d.%d on the %e; its driver resends the request\n", w, T(token), NAME(k))
#endif
  fi
}

/* Write 4: a writer replaces its own marker with the value that it has just committed. */
inline publishValue(w, k, token, new, ok) {
  ok = false;
  if
  :: replaceEntry(k, marker, token, new, ok);
     if
     :: ok -> printf("| writer %d replaces its marker %d.%d with value %d of the %e\n", w, T(token), new, NAME(k))
     :: ok -> ok = false; printf("| writer %d replaces its marker %d.%d with value %d of the %e, but the response is lost\n", w, T(token), new, NAME(k))
     :: !ok -> printf("| writer %d tries to replace its marker %d.%d with value %d of the %e: refused, another entry is present\n", w, T(token), new, NAME(k))
     fi
  :: printf("| writer %d tries to replace its marker %d.%d with value %d of the %e: fails\n", w, T(token), new, NAME(k))
  :: MAY_BE_LATE -> applyLater(publish, k, token, new); printf("| writer %d tries to replace its marker %d.%d with value %d of the %e: times out, may be applied later\n", w, T(token), new, NAME(k))
  fi
}

/* Read 3: a reader adds a lease if there is no entry. */
inline addLease(r, k, token, outcome) {
  outcome = unknown;
  if
  :: HOLDS(k, nothing) -> setEntry(k, lease, token); outcome = won; printf("| reader %d adds lease %d.%d to the %e\n", r, T(token), NAME(k))
  :: HOLDS(k, nothing) -> setEntry(k, lease, token); printf("| reader %d adds lease %d.%d to the %e, but the response is lost\n", r, T(token), NAME(k))
  :: !HOLDS(k, nothing) -> outcome = lost; printf("| reader %d tries to add lease %d.%d to the %e: refused, another entry is present\n", r, T(token), NAME(k))
  :: printf("| reader %d tries to add lease %d.%d to the %e: fails\n", r, T(token), NAME(k))
  :: MAY_BE_LATE -> applyLater(add, k, token, 0); printf("| reader %d tries to add lease %d.%d to the %e: times out, may be applied later\n", r, T(token), NAME(k))
  fi
}

/* Read 3: a reader replaces its lease with the value that it has read, and ignores the outcome. */
inline fillValue(r, k, token, new, done) {
  if
  :: replaceEntry(k, lease, token, new, done);
     if
     :: done -> printf("| reader %d replaces its lease %d.%d with value %d of the %e\n", r, T(token), new, NAME(k))
     :: else -> printf("| reader %d tries to replace its lease %d.%d with value %d of the %e: refused, another entry is present\n", r, T(token), new, NAME(k))
     fi
  :: printf("| reader %d crashes, or its fill fails\n", r)
  :: MAY_BE_LATE -> applyLater(fill, k, token, new); printf("| reader %d tries to replace its lease %d.%d with value %d of the %e: times out, may be applied later\n", r, T(token), new, NAME(k))
  fi
}

/* Entries expire, markers only if MARKER_MAY_EXPIRE. With EVICT, the cache evicts other markers as well. */
proctype Expiry(byte k) {
end:
  do
  :: atomic { HOLDS(k, value) -> printf("| value %d of the %e expires\n", cache[k].id, NAME(k)); setEntry(k, nothing, 0) }
  :: atomic { HOLDS(k, lease) -> printf("| lease %d.%d of the %e expires\n", T(cache[k].id), NAME(k)); setEntry(k, nothing, 0) }
  :: atomic { HOLDS(k, marker) && MARKER_MAY_EXPIRE(k) -> printf("| marker %d.%d of the %e expires\n", T(cache[k].id), NAME(k)); setEntry(k, nothing, 0) }
#ifdef EVICT
  :: atomic { HOLDS(k, marker) && !MARKER_MAY_EXPIRE(k) -> printf("| the cache evicts marker %d.%d of the %e\n", T(cache[k].id), NAME(k)); setEntry(k, nothing, 0) }
#endif
  od
}
