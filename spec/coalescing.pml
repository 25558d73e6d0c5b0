/*
 * Reads of one record in one process that share loads (docs/freshness.md). What one load answers is shown by
 * freshness.pml: what the store held at some moment between its beginning and its end. Any load may fail, any writer
 * crash, and a read waits no longer than its own deadline.
 *
 * Sizes: WRITERS, READERS (one read each). ONLY=p checks property p alone. JOIN_ANY takes the rule away.
 */
mtype = { acknowledged_write_missed, order_of_reads };
#ifdef ONLY
#define CLAIMS(property) (property == ONLY)
#else
#define CLAIMS(property) true
#endif
#define VIOLATES(property) printf("VIOLATES %e\n", property); assert(false)

byte store = 1;              /* the record */
byte floor = 1;              /* no read that begins now may answer with less */
byte begun;                  /* readers are alike, so they begin in the order of their numbers */
byte ticks;                  /* the process-wide counter that orders the beginnings of reads and of loads */

#define FAILED 255
byte flights;                /* how many there have been; at most one for each read */
byte loading, waiting;       /* the flight under way and the one that comes after it (0: none) */
byte began[READERS + 1];     /* the tick at which a flight's load began */
byte result[READERS + 1];    /* what it brought (0: nothing yet) */

inline raiseFloor(property, to) {
  if
  :: CLAIMS(property) && to > floor -> floor = to
  :: else
  fi
}

proctype Writer(byte w) {
  byte mine;
  atomic { store++; mine = store; printf("| writer %d commits value %d\n", w, mine) }
  atomic {
    if
    :: printf("| writer %d acknowledges value %d\n", w, mine); raiseFloor(acknowledged_write_missed, mine)
    :: printf("| writer %d crashes\n", w)
    fi;
    mine = 0
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

/* A load is shared only with reads that began before it did: the one under way if so, else the one that waits. */
#ifdef JOIN_ANY
#define MAY_JOIN_LOADING (loading)
#else
#define MAY_JOIN_LOADING (loading && began[loading] > start)
#endif

proctype Reader(byte r) {
  byte start, least, flight;

  atomic { begun == r - 1; begun = r; ticks++; start = ticks; least = floor; printf("| reader %d begins\n", r) }
  atomic { /* a miss, some time later */
    if
    :: MAY_JOIN_LOADING -> flight = loading; printf("| reader %d joins load %d, which is under way\n", r, flight)
    :: !MAY_JOIN_LOADING && waiting -> flight = waiting; printf("| reader %d joins load %d, which has not begun\n", r, flight)
    :: !MAY_JOIN_LOADING && !waiting && loading -> flights++; flight = flights; waiting = flight; printf("| reader %d waits for a load %d after the one under way\n", r, flight)
    :: !loading -> flights++; flight = flights; printf("| reader %d needs a load\n", r); beginLoad(flight)
    fi
  }
  atomic {
    if
    :: result[flight] && result[flight] != FAILED ->
       printf("| reader %d answers value %d\n", r, result[flight]);
       if
       :: result[flight] < least && CLAIMS(acknowledged_write_missed) -> VIOLATES(acknowledged_write_missed)
       :: result[flight] < least && !CLAIMS(acknowledged_write_missed) -> VIOLATES(order_of_reads)
       :: else
       fi;
       raiseFloor(order_of_reads, result[flight])
    :: result[flight] == FAILED -> printf("| reader %d fails\n", r)
    :: !result[flight] -> printf("| reader %d gives up at its deadline\n", r)
    fi;
    start = 0; least = 0; flight = 0
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
