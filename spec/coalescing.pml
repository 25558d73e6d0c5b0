/*
 * Reads of one record in one process that share loads (docs/freshness.md). As freshness.pml shows, a load returns a value
 * that the store held at some instant between its start and its end. Any load may fail, any writer may crash, and a read
 * waits no longer than its own deadline.
 *
 * Sizes: WRITERS, READERS (one read each). ONLY=p checks only property p. JOIN_ANY disables the rule.
 */
mtype = { acknowledged_write_missed, non_monotonic_read };
#ifdef ONLY
#define CLAIMS(property) (property == ONLY)
#else
#define CLAIMS(property) true
#endif
#define VIOLATES(property) printf("VIOLATES %e\n", property); assert(false)

byte store = 1;              /* the record */
byte minimum = 1;              /* the oldest value that a read starting now may return */
byte startedReaders;                  /* symmetry reduction: readers start in the order of their numbers */
byte ticks;                  /* the process-wide counter that orders the starts of reads and loads */

#define FAILED 255
byte flights;                /* the number of loads so far; at most one for each read */
byte loading, waiting;       /* the load that is running and the one that runs next (0: none) */
byte began[READERS + 1];     /* the tick at which a load started */
byte result[READERS + 1];    /* its result (0: none yet) */

inline raiseMinimum(property, to) {
  if
  :: CLAIMS(property) && to > minimum -> minimum = to
  :: else
  fi
}

proctype Writer(byte w) {
  byte committed;
  atomic { store++; committed = store; printf("| writer %d commits value %d\n", w, committed) }
  atomic {
    if
    :: printf("| writer %d acknowledges value %d\n", w, committed); raiseMinimum(acknowledged_write_missed, committed)
    :: printf("| writer %d crashes\n", w)
    fi;
    committed = 0
  }
}

inline beginLoad(flight) {
  ticks++; began[flight] = ticks; loading = flight; printf("| load %d begins\n", flight);
  run Load(flight)
}

proctype Load(byte flight) {
  byte found;
  atomic {
    if
    :: found = store; printf("| load %d reads value %d\n", flight, found)
    :: found = FAILED; printf("| load %d fails\n", flight)
    fi
  }
  atomic {
    result[flight] = found; loading = 0; printf("| load %d ends\n", flight);
    if
    :: waiting -> beginLoad(waiting); waiting = 0
    :: else
    fi;
    flight = 0; found = 0
  }
}

/* A load is shared only with reads that started before it. Other reads share the next load. */
#ifdef JOIN_ANY
#define MAY_JOIN_LOADING (loading)
#else
#define MAY_JOIN_LOADING (loading && began[loading] > start)
#endif

proctype Reader(byte r) {
  byte start, required, flight;

  atomic { startedReaders == r - 1; startedReaders = r; ticks++; start = ticks; required = minimum; printf("| reader %d begins\n", r) }
  atomic { /* a cache miss, some time later */
    if
    :: MAY_JOIN_LOADING -> flight = loading; printf("| reader %d joins load %d, which is running\n", r, flight)
    :: !MAY_JOIN_LOADING && waiting -> flight = waiting; printf("| reader %d joins load %d, which is waiting\n", r, flight)
    :: !MAY_JOIN_LOADING && !waiting && loading -> flights++; flight = flights; waiting = flight; printf("| reader %d waits for load %d, after the running one\n", r, flight)
    :: !loading -> flights++; flight = flights; printf("| reader %d starts a load\n", r); beginLoad(flight)
    fi
  }
  atomic {
    if
    :: result[flight] && result[flight] != FAILED ->
       printf("| reader %d answers value %d\n", r, result[flight]);
       if
       :: result[flight] < required && CLAIMS(acknowledged_write_missed) -> VIOLATES(acknowledged_write_missed)
       :: result[flight] < required && !CLAIMS(acknowledged_write_missed) -> VIOLATES(non_monotonic_read)
       :: else
       fi;
       raiseMinimum(non_monotonic_read, result[flight])
    :: result[flight] == FAILED -> printf("| reader %d fails\n", r)
    :: !result[flight] -> printf("| reader %d times out\n", r)
    fi;
    start = 0; required = 0; flight = 0
  }
}

init {
  byte i;
  atomic {
    printf("| the store holds value 1\n");
    for (i : 1 .. WRITERS) { run Writer(i) }
    for (i : 1 .. READERS) { run Reader(i) }
  }
}
