/*
 * The cache that the models share: one entry for each record, the operations of src/ports/cache.ts, and all that can
 * become of one: acknowledged; applied, but the reply is lost; failed; timed out, and landing later or never.
 * An operation that is applied and acknowledged is one step, for its sender does nothing else until it has the reply.
 *
 * A model defines before it includes this: KEYS; LATE, how many operations may land late in one run; NOW(k), the value
 * that the store holds of record k; MARKER_MAY_EXPIRE(k); CLAIMS(property). Lines printed with | are the story of a
 * counterexample (spec/check.ts).
 */
mtype = { nothing, value, marker, lease };            /* what an entry can be */
mtype = { put, add, publish, fill };                  /* operations that can land late */
mtype = { won, lost, unknown };                       /* what came of adding a lease */
mtype = { user, membership };                         /* names of records 0 and 1 */
mtype = { acknowledged_write_missed, order_of_reads, never_true_together, over_when_read_began, stuck };

typedef Entry { mtype kind; byte is }                 /* `is`: which value, or which token */
Entry cache[KEYS];
byte running;                                         /* processes, late operations too, that have not ended */
byte lates;                                           /* operations that have been late so far */

#define NAME(k) (user - (k))
#define HOLDS(k, what) (cache[k].kind == what)
#define STALE(k) (HOLDS(k, value) && cache[k].is != NOW(k))
#define MAY_BE_LATE (lates < LATE)
#define VIOLATES(property) printf("VIOLATES %e\n", property); assert(false)

/* Token 12 is the second that writer or reader 1 sends, written 1.2. */
#define TOKEN(sender, attempt) ((sender) * 10 + (attempt))
#define T(token) (token) / 10, (token) % 10

inline setEntry(k, what, which) { cache[k].kind = what; cache[k].is = which }

inline replaceEntry(k, expected, token, new, done) {
  done = HOLDS(k, expected) && cache[k].is == token;
  if
  :: done -> setEntry(k, value, new)
  :: else
  fi
}

/* The last one to end looks at what is left: markers and leases expire, an old value would stay. */
inline ends() {
  running--;
  if
  :: running == 0 && CLAIMS(stuck) && (STALE(0) || STALE(KEYS - 1)) ->
     printf("| all have ended, and the cache keeps an old value for its whole TTL\n"); VIOLATES(stuck)
  :: else
  fi
}

/* An operation that its sender has given up on, and that lands all the same. */
proctype Late(byte op, k, token, new) {
  bool done;
  atomic {
    if
    :: op == put -> setEntry(k, marker, token); printf("| late: marker %d.%d lands on the %e\n", T(token), NAME(k))
    :: op == add && HOLDS(k, nothing) -> setEntry(k, lease, token); printf("| late: lease %d.%d lands on the %e\n", T(token), NAME(k))
    :: op == add && !HOLDS(k, nothing) -> printf("| late: lease %d.%d is refused\n", T(token))
    :: op == publish -> replaceEntry(k, marker, token, new, done)
    :: op == fill -> replaceEntry(k, lease, token, new, done)
    fi;
    if
    :: done -> printf("| late: value %d of the %e replaces what had token %d.%d\n", new, NAME(k), T(token))
    :: !done && (op == publish || op == fill) -> printf("| late: value %d of the %e is refused\n", new, NAME(k))
    :: else
    fi;
    op = 0; k = 0; token = 0; new = 0; done = false;
    ends()
  }
}

inline becomesLate(op, k, token, new) {
  lates++; running++;
  run Late(op, k, token, new)
}

/* Write 2 and 4: a writer puts a marker, whatever is there. */
inline putMarker(w, k, token, ok) {
  ok = false;
  if
  :: setEntry(k, marker, token); ok = true; printf("| writer %d puts marker %d.%d on the %e\n", w, T(token), NAME(k))
  :: setEntry(k, marker, token); printf("| writer %d puts marker %d.%d on the %e, but the reply is lost\n", w, T(token), NAME(k))
  :: printf("| writer %d tries to put marker %d.%d on the %e: fails\n", w, T(token), NAME(k))
  :: MAY_BE_LATE -> becomesLate(put, k, token, 0); printf("| writer %d tries to put marker %d.%d on the %e: timed out, still on its way\n", w, T(token), NAME(k))
#ifdef RESEND_REQUESTS
  :: MAY_BE_LATE -> setEntry(k, marker, token); ok = true; becomesLate(put, k, token, 0); printf("| writer %d puts marker %d.%d on the %e; its driver has sent that twice\n", w, T(token), NAME(k))
#endif
  fi
}

/* Write 4: a writer replaces its own marker by the value that it has just committed. */
inline publishValue(w, k, token, new, ok) {
  ok = false;
  if
  :: replaceEntry(k, marker, token, new, ok);
     if
     :: ok -> printf("| writer %d replaces its marker %d.%d by value %d of the %e\n", w, T(token), new, NAME(k))
     :: ok -> ok = false; printf("| writer %d replaces its marker %d.%d by value %d of the %e, but the reply is lost\n", w, T(token), new, NAME(k))
     :: !ok -> printf("| writer %d tries to replace its marker %d.%d by value %d of the %e: it is not there\n", w, T(token), new, NAME(k))
     fi
  :: printf("| writer %d tries to replace its marker %d.%d by value %d of the %e: fails\n", w, T(token), new, NAME(k))
  :: MAY_BE_LATE -> becomesLate(publish, k, token, new); printf("| writer %d tries to replace its marker %d.%d by value %d of the %e: timed out, still on its way\n", w, T(token), new, NAME(k))
  fi
}

/* Read 3: a reader adds a lease where there was nothing. */
inline addLease(r, k, token, outcome) {
  outcome = unknown;
  if
  :: HOLDS(k, nothing) -> setEntry(k, lease, token); outcome = won; printf("| reader %d adds lease %d.%d to the %e\n", r, T(token), NAME(k))
  :: HOLDS(k, nothing) -> setEntry(k, lease, token); printf("| reader %d adds lease %d.%d to the %e, but the reply is lost\n", r, T(token), NAME(k))
  :: !HOLDS(k, nothing) -> outcome = lost; printf("| reader %d tries to add lease %d.%d to the %e: something is there\n", r, T(token), NAME(k))
  :: printf("| reader %d tries to add lease %d.%d to the %e: fails\n", r, T(token), NAME(k))
  :: MAY_BE_LATE -> becomesLate(add, k, token, 0); printf("| reader %d tries to add lease %d.%d to the %e: timed out, still on its way\n", r, T(token), NAME(k))
  fi
}

/* Read 3: a reader replaces its lease by what it has read. Whether that works does not matter to it. */
inline fillValue(r, k, token, new, done) {
  if
  :: replaceEntry(k, lease, token, new, done);
     if
     :: done -> printf("| reader %d replaces its lease %d.%d by value %d of the %e\n", r, T(token), new, NAME(k))
     :: else -> printf("| reader %d tries to replace its lease %d.%d by value %d of the %e: it is not there\n", r, T(token), new, NAME(k))
     fi
  :: printf("| reader %d crashes, or its fill fails\n", r)
  :: MAY_BE_LATE -> becomesLate(fill, k, token, new); printf("| reader %d tries to replace its lease %d.%d by value %d of the %e: timed out, still on its way\n", r, T(token), new, NAME(k))
  fi
}

/* Entries expire, markers not before MARKER_MAY_EXPIRE; with EVICT the cache throws those out as well. */
proctype Expiry(byte k) {
end:
  do
  :: atomic { HOLDS(k, value) -> printf("| value %d of the %e expires\n", cache[k].is, NAME(k)); setEntry(k, nothing, 0) }
  :: atomic { HOLDS(k, lease) -> printf("| lease %d.%d of the %e expires\n", T(cache[k].is), NAME(k)); setEntry(k, nothing, 0) }
  :: atomic { HOLDS(k, marker) && MARKER_MAY_EXPIRE(k) -> printf("| marker %d.%d of the %e expires\n", T(cache[k].is), NAME(k)); setEntry(k, nothing, 0) }
#ifdef EVICT
  :: atomic { HOLDS(k, marker) && !MARKER_MAY_EXPIRE(k) -> printf("| the cache evicts marker %d.%d of the %e\n", T(cache[k].is), NAME(k)); setEntry(k, nothing, 0) }
#endif
  od
}
