/*
 * One record of users under epochs: readers with permits and evidence, writers that mark or commit unmarked, changes of
 * epoch at any time, cache servers whose term ends at any time, a store that fails over and loses its newest states.
 *
 * The server of an epoch is either in the term that the record names, or out of it: a replica, or primary again (failback).
 * Out of it, it answers with the oldest value that there was, which is the worst, whatever is written to it; it may
 * acknowledge or refuse. A term that has ended never returns.
 *
 * Sizes: WRITERS (one write each), READERS, READS (of each reader), EPOCHS, LATE (cache operations that land late),
 * MARKS (attempts to put a marker). Options: CACHE_STAYS, terms do not end; EVICT; LATE_COMMITS, commits land later than
 * C; AS_IT_IS, a writer may find its request done already, or nothing to change; START_CLOSED; those of record.pml.
 * ONLY=p checks property p alone. All other macros take one rule away.
 */
#define KEYS (EPOCHS + 1)                   /* key k: the record under the token of epoch k */
#define PROCESSES (WRITERS + READERS)       /* writers first */
#define NAME(k) (entry_of_epoch_1 - ((k) - 1))
mtype = { entry_of_epoch_1, entry_of_epoch_2, entry_of_epoch_3, entry_of_epoch_4 };

#if defined(EVICT) || defined(LATE_COMMITS) /* then order of reads and what is left are not claimed */
#define WEAK(property) (property == order_of_reads || property == stuck)
#else
#define WEAK(property) false
#endif
#ifdef ONLY
#define CLAIMS(property) (property == ONLY)
#else
#define CLAIMS(property) (!WEAK(property))
#endif

byte holds[STORES];                         /* value v is what the (v-1)th commit wrote, in whichever store */
byte history[STORES];                       /* bit v: value v was committed there, or came with the copy */
byte version[WRITERS + 3];
byte values = 1;
byte acknowledged[STORES];                  /* the newest value acknowledged there */
bool byNew;                                 /* the new primary has committed; where the order is not claimed: and acknowledged */
byte begunWriters, begunReaders;            /* they are alike: other orders would show nothing new */
bool ended[EPOCHS + 1];                     /* the term of the server of epoch k has ended */
byte guarded[EPOCHS + 1];                   /* bit w: markers of epoch k outlive a commit that writer w may send or has sent */

/* What the cache holds under an epoch that may be believed, now or later. */
#define LEFT_IN(s) (ALIVE(s) && record[s].epoch && !ended[record[s].epoch] && HOLDS(record[s].epoch, value) && cache[record[s].epoch].is != holds[s])
#if STORES > 1
#define LEFT_STALE (LEFT_IN(0) || LEFT_IN(1))
#else
#define LEFT_STALE LEFT_IN(0)
#endif
#ifdef LATE_COMMITS
#define MARKER_MAY_EXPIRE(k) true
#else
#define MARKER_MAY_EXPIRE(k) (!guarded[k])
#endif

#include "record.pml"
#include "cache.pml"

inline openServer(k, s) {
  ended[k] = false;
#ifdef SAME_TOKEN
  setEntry(k, value, 1); printf("| under the same token, the server of epoch %d has kept value 1\n", k);
#endif
#ifdef TOKEN_FROM_N
  if
  :: s == 1 && k == 3 && storeOf[2] == 0 -> setEntry(k, cache[2].kind, cache[2].is); printf("| epoch %d gets the token and the server of epoch 2, which was lost\n", k)
  :: else
  fi
#endif
}
#include "changes.pml"

/* No read that begins now may answer with less. Where the order of reads is claimed, that is what the store holds. */
#define FLOOR(s) (CLAIMS(order_of_reads) -> holds[s] : acknowledged[s])
#if STORES > 1
#define NEW_FLOOR (byNew -> FLOOR(1) : 0)
#else
#define NEW_FLOOR 0
#endif

proctype Term(byte k) {
  atomic { !ended[k] -> ended[k] = true; setEntry(k, nothing, 0); printf("| the server of epoch %d is demoted, and forgets\n", k); k = 0 }
}

#if STORES > 1
proctype Failover() {
  byte i;
#ifndef BEHIND
  atomic {
    stage = 1; holds[1] = holds[0]; history[1] = history[0]; record[1].state = record[0].state; record[1].epoch = record[0].epoch;
    printf("| the standby falls behind\n")
  }
#endif
  atomic {
    stage = 2; acknowledged[1] = (CLAIMS(order_of_reads) -> 0 : holds[1]);
    printf("| the standby is promoted and holds value %d\n", holds[1]);
#ifndef TWO_PRIMARIES
    holds[0] = 0; record[0].state = closed; record[0].epoch = 0; older[0] = 0; pending = 0; pendingOlder[0] = 0;
#endif
#ifndef STORE_SERVER_NOT_COMPARED
    record[1].named = true;
#ifndef KEEP_SERVER
    record[1].epoch = 0;
#endif
    changes(1, closing)
#endif
  }
}
#endif

/* s: the store that has given the evidence */
inline acknowledge(w, s) {
  printf("| writer %d acknowledges value %d\n", w, mine);
  if
  :: !(history[s] & BIT(mine)) && CLAIMS(lost_write_acknowledged) -> VIOLATES(lost_write_acknowledged)
  :: !CLAIMS(order_of_reads) && mine > acknowledged[s] -> acknowledged[s] = mine; byNew = byNew || s
  :: else
  fi
}

inline know(w, s) {
  from = s; known = holds[s];
#ifndef MARK_THEN_KNOW_AGAIN
  forgetMarks(w);
#endif
  printf("| writer %d knows value %d (version %d) from %e\n", w, known, version[known], STORE(s))
}

#define MARK TOKEN(w, attempts)
inline forgetMarks(w) { WITHOUT(guarded[marked], w); marked = 0 }

inline readForWrite(w, s) {
  readRecord(w, s); printf("| writer %d reads the record: %e, epoch %d\n", w, record[s].state, record[s].epoch);
#ifndef COMMIT_UNDER_OLD_MARKS
  if
  :: marked != permit[w].epoch -> forgetMarks(w)
  :: else
  fi
#endif
}

inline mark(w, k, ok) {
  attempts++;
  if
  :: !ended[k] -> putMarker(w, k, MARK, ok)
  :: ended[k] -> ok = true; printf("| writer %d puts a marker on the server of epoch %d, which was demoted\n", w, k)
#if defined(ANY_PRIMARY) || defined(WRITERS_ANY_PRIMARY)
  :: ok = true; printf("| writer %d puts a marker on another primary\n", w)
#endif
  :: ok = false; printf("| writer %d cannot mark in epoch %d\n", w, k)
  fi
}

#define MARKABLE(w) (permit[w].state != closed && permit[w].epoch)
#ifdef COMMIT_WITHOUT_PERMIT
#define PERMITTED(w) permit[w].state
#else
#define PERMITTED(w) VALID(w)
#endif
#ifdef COMMIT_UNDER_OLD_MARKS
#define MARKED(w) (marked)
#else
#define MARKED(w) (marked == permit[w].epoch)
#endif
#ifdef COMMIT_ON_ANY_STORE
#define KNOWS(w) true
#else
#define KNOWS(w) (permit[w].store == from)
#endif
#ifdef LAND_ON_ANY_STORE
#define LANDS_ON(s) ALIVE(s)
#else
#define LANDS_ON(s) (from == s && ALIVE(s))
#endif
#define SAME_VERSION(s) (version[holds[s]] == version[known])

inline land(w, s) {
  if
  :: holds[s] != known && CLAIMS(condition_met_by_another_value) -> VIOLATES(condition_met_by_another_value)
  :: else
  fi;
  values++; mine = values; version[mine] = version[known] + 1; known = 0;
  holds[s] = mine; history[s] = history[s] | BIT(mine); byNew = byNew || (s && CLAIMS(order_of_reads));
  printf("| writer %d commits value %d (version %d) on %e\n", w, mine, version[mine], STORE(s));
  landed(w);
  if
  :: printf("| writer %d crashes, or gets no reply\n", w); goto end
  :: true
  fi
}
inline landed(w) { WITHOUT(pending, w); IN_BOTH(pendingOlder, w); WITHOUT(guarded[marked], w) }

#define SHOWS_OTHERWISE(s) (GIVES_PERMITS(s) && (record[s].epoch != marked || record[s].state == opening))
#ifdef COVER_UNDER_ANY_STORE
#define COVERS(w) true
#else
#define COVERS(w) (permit[w].store == from)
#endif

proctype Writer(byte w) {
  byte known, mine, attempts, marked, from;
  mtype under;                              /* the state whose permit the commit was sent under */
  bool ok;

begin: /* Write 1: know and plan, perhaps under a permit from before */
  atomic {
    begunWriters >= w - 1; begunWriters = (w > begunWriters -> w : begunWriters);
    if
    :: WORTH_READING(w, 0) -> readForWrite(w, 0); goto begin
    :: ALIVE(0) -> know(w, 0)
#if STORES > 1
    :: WORTH_READING(w, 1) -> readForWrite(w, 1); goto begin
    :: ALIVE(1) -> know(w, 1)
#endif
    fi;
    if
    :: true
#ifdef AS_IT_IS
    :: mine = known; known = 0; printf("| writer %d has nothing to change, or finds its request done: value %d\n", w, mine); goto cover
#endif
    fi
  }

ready: /* Write 2 and 3: mark and commit as the permit says */
  atomic {
    if
    :: WORTH_READING(w, 0) -> readForWrite(w, 0); goto ready
#if STORES > 1
    :: WORTH_READING(w, 1) -> readForWrite(w, 1); goto ready
#endif
    :: PERMITTED(w) && !KNOWS(w) && ALIVE(permit[w].store) -> from = permit[w].store; know(w, from); goto ready
#ifdef MARK_THEN_KNOW_AGAIN
    :: PERMITTED(w) && MARKABLE(w) && !MARKED(w) && attempts < MARKS ->
#else
    :: PERMITTED(w) && KNOWS(w) && MARKABLE(w) && !MARKED(w) && attempts < MARKS ->
#endif
       marked = permit[w].epoch; mark(w, marked, ok);
       if
       :: ok -> ok = false; guarded[marked] = guarded[marked] | BIT(w)
       :: else -> marked = 0
       fi;
       goto ready
#ifndef COMMITS_ARE_MARKED
    :: PERMITTED(w) && KNOWS(w) && permit[w].state == closed -> forgetMarks(w)
#endif
    :: PERMITTED(w) && KNOWS(w) && MARKABLE(w) && MARKED(w)
    :: printf("| writer %d gives up, or crashes\n", w); goto end
    fi;
    under = permit[w].state; from = permit[w].store; pending = pending | BIT(w);
    if
    :: IS_OLDER(w) -> pendingOlder[from] = pendingOlder[from] | BIT(w)
    :: else
    fi;
    drop(w); printf("| writer %d sends its commit, permitted by %e\n", w, under)
  }

  atomic { /* lands, or never */
    if
    :: (pending & BIT(w)) && LANDS_ON(0) && SAME_VERSION(0) -> land(w, 0)
#if STORES > 1
    :: (pending & BIT(w)) && LANDS_ON(1) && SAME_VERSION(1) -> land(w, 1)
#endif
    :: printf("| writer %d: the commit fails\n", w); goto end
    fi
  }

  atomic { /* Write 4, in time or late */
    if
    :: late & BIT(w) -> WITHOUT(late, w);
#ifndef LATE_ANSWER_AS_USUAL
       under = 0; marked = 0; printf("| writer %d: the answer is late\n", w); goto cover
#endif
    :: else
    fi;
    if
    :: under == closed -> acknowledge(w, from); goto end
#ifndef PUBLISH_WHILE_OPENING
    :: under == opening -> goto markAgain
#endif
    :: else
    fi;
    if
    :: !ended[marked] -> publishValue(w, marked, MARK, mine, ok)
    :: ended[marked] -> ok = true; printf("| writer %d publishes on the server of epoch %d, which was demoted\n", w, marked)
    :: ended[marked] -> ok = false
    fi;
    if
    :: ok -> acknowledge(w, from); goto end
    :: else
    fi
  }
markAgain:
  atomic {
#ifndef RECORD_READ_EARLY
    under = 0;
#endif
    mark(w, marked, ok);
    if
    :: ok -> acknowledge(w, from); goto end
    :: !ok -> printf("| writer %d crashes\n", w); goto end
    :: !ok
    fi
  }
  atomic { /* rule 6: the cache is gone */
    if
    :: SHOWS_OTHERWISE(from) -> printf("| writer %d reads the record: %e, epoch %d\n", w, record[from].state, record[from].epoch); acknowledge(w, from)
#ifdef RECORD_OF_ANY_STORE
    :: SHOWS_OTHERWISE(1) -> printf("| writer %d reads the record: %e, epoch %d\n", w, record[1].state, record[1].epoch); acknowledge(w, 1)
#endif
    :: under == opening -> printf("| writer %d had read the record before: opening\n", w); acknowledge(w, from)
    :: true
    fi;
    goto end
  }

cover: /* rule 7 */
  atomic {
    landed(w);
    if
    :: WORTH_READING(w, from) -> readForWrite(w, from)
    :: VALID(w) && COVERS(w)
#ifdef COVER_UNDER_ANY_STORE
    :: WORTH_READING(w, 1) -> readForWrite(w, 1)
#endif
    :: printf("| writer %d gives up, or crashes\n", w); goto end
    fi;
    if
    :: permit[w].state == closed -> from = permit[w].store; acknowledge(w, from); goto end
    :: MARKABLE(w) -> marked = permit[w].epoch
    :: else -> goto end
    fi;
    if
    :: permit[w].state == open && !ended[marked] && (HOLDS(marked, nothing) || HOLDS(marked, marker) || (HOLDS(marked, value) && cache[marked].is >= mine)) ->
       printf("| writer %d looks: nothing older is cached\n", w); ok = true
    :: true
    fi;
    from = permit[w].store; drop(w)
  }
  atomic {
    if
    :: ok
    :: !ok -> mark(w, marked, ok)
    fi;
    if
    :: ok -> acknowledge(w, from)
    :: else -> printf("| writer %d cannot cover it\n", w)
    fi
  }

end:
  atomic {
    landed(w); WITHOUT(late, w); drop(w);
    known = 0; mine = 0; attempts = 0; marked = 0; from = 0; under = 0; ok = false; ends()
  }
}
#ifdef TWO_PRIMARIES
#define MISSES_NEW(with, s) false
#else
#define MISSES_NEW(with, s) (STORES > 1 && s == 0 && leastNew && (with < leastNew || !(history[STORES - 1] & BIT(with))))
#endif
#define LOST(with, s) (!(history[s] & BIT(with)))

inline answer(r, with, s) {
  printf("| reader %d answers value %d\n", r, with);
  if
  :: LOST(with, s) && CLAIMS(lost_value_believed) -> VIOLATES(lost_value_believed)
  :: (with < least || MISSES_NEW(with, s)) && CLAIMS(acknowledged_write_missed) -> VIOLATES(acknowledged_write_missed)
  :: (with < least || MISSES_NEW(with, s)) && CLAIMS(order_of_reads) -> VIOLATES(order_of_reads)
  :: else
  fi
}

/* Permits that let a reader look. */
#if defined(HIT_WHILE_CLOSING)
#define IS_OPEN(s) (record[s].state == open || record[s].state == closing)
#elif defined(USE_WHILE_OPENING)
#define IS_OPEN(s) (record[s].state == open || record[s].state == opening)
#else
#define IS_OPEN(s) (record[s].state == open)
#endif
#ifdef HIT_WITHOUT_PERMIT
#define MAY_LOOK(p) permit[p].state
#else
#define MAY_LOOK(p) VALID(p)
#endif

#ifdef FILL_FROM_ANY_STORE
#define FILLS_FROM(t) ((storeOf[k] == t || t == 0) && ALIVE(t))
#else
#define FILLS_FROM(t) (storeOf[k] == t && ALIVE(t))
#endif
#ifdef EVIDENCE_FOR_A_WHILE
#define PROVES(k) true
#else
#define PROVES(k) false
#endif

inline readForRead(r, p, s) {
  readRecord(p, s); printf("| reader %d reads the record: %e, epoch %d\n", r, record[s].state, record[s].epoch)
}

proctype Reader(byte r) {
  byte p, reads, least, leastNew, k, s, found;
  mtype outcome;
  bool proven, ok;

  atomic { begunReaders == r - 1; begunReaders = r; p = WRITERS + r }

read: /* begins with a permit that is valid then; for one record that is enough */
  atomic {
    least = 0; leastNew = 0; k = 0; s = 0; found = 0; outcome = 0; ok = false;
    if
    :: reads == READS -> goto end
    :: reads < READS && WORTH_READING(p, 0) && IS_OPEN(0) -> readForRead(r, p, 0); goto read
#if STORES > 1
    :: reads < READS && WORTH_READING(p, 1) && IS_OPEN(1) -> readForRead(r, p, 1); goto read
#endif
    :: reads < READS && MAY_LOOK(p) -> reads++; k = permit[p].epoch; s = permit[p].store; least = FLOOR(s); leastNew = NEW_FLOOR
    :: goto end
    fi;
    if
    :: reads == READS -> drop(p)
    :: else
    fi;
    printf("| reader %d begins to read\n", r)
  }
#ifdef EVIDENCE_BEFORE
  atomic {
    if
    :: ended[k] -> goto read
    :: else
    fi;
    printf("| reader %d asks: the server of epoch %d is in its term\n", r, k) }
#endif

  atomic { /* Read 1 */
    if
    :: !ended[k] && HOLDS(k, value) -> found = cache[k].is; printf("| reader %d finds value %d\n", r, found);
       if
       :: found >= least && !LOST(found, s) && !MISSES_NEW(found, s) -> proven = PROVES(k); goto read /* this answer is right */
       :: else
       fi
    :: !ended[k] && HOLDS(k, nothing) -> least = 0; leastNew = 0; addLease(r, k, TOKEN(r, reads), outcome);
       if
       :: outcome == won -> goto load
       :: else -> goto read
       fi
    :: ended[k] -> found = 1; printf("| reader %d finds value 1 on the server of epoch %d, which was demoted\n", r, k)
#ifdef ANY_PRIMARY
    :: found = 1; proven = true; printf("| reader %d finds value 1 on another primary\n", r)
#endif
    :: goto read /* a marker, or no answer: the store is read, which needs no proof here */
    fi
  }
  atomic { /* evidence */
    if
    :: !ended[k] || proven -> answer(r, found, s)
#if defined(EVIDENCE_AT_CONNECTING) || defined(EVIDENCE_BEFORE)
    :: ended[k] -> answer(r, found, s)
#elif defined(RUN_ID_AND_ROLE)
    :: ended[k] -> printf("| the server of epoch %d was promoted again, and its run_id is the same\n", k); answer(r, found, s)
#endif
    :: ended[k] && !proven -> printf("| reader %d: the server of epoch %d has left its term\n", r, k)
    fi;
    goto read
  }

load: /* Read 3 */
  atomic {
    if
    :: FILLS_FROM(0) -> found = holds[0]; printf("| reader %d reads value %d from %e\n", r, found, STORE(0))
#if STORES > 1
    :: FILLS_FROM(1) -> found = holds[1]; printf("| reader %d reads value %d from %e\n", r, found, STORE(1))
#endif
    :: goto read
    fi
  }
  atomic {
    if
    :: !ended[k] -> fillValue(r, k, TOKEN(r, reads), found, ok)
    :: else
    fi;
    goto read
  }

end:
  atomic {
    drop(p);
    p = 0; reads = 0; proven = false; ends()
  }
}
init {
  byte i;
  atomic {
    for (i : 1 .. EPOCHS) { ended[i] = true; setEntry(i, nothing, 0) }
    holds[0] = 1; history[0] = BIT(1); version[1] = 1; record[0].named = true;
#ifdef START_CLOSED
    opened = 0; record[0].state = closed;
#else
    record[0].state = open; record[0].epoch = 1; ended[1] = false; setEntry(1, value, 1);
#endif
#ifdef BEHIND
    stage = 1; holds[1] = 1; history[1] = history[0];
    values = 2; holds[0] = 2; history[0] = history[0] | BIT(2); version[2] = 2;
#ifdef LOST_EPOCH
    record[1].epoch = 1; opened = 2; record[0].epoch = 2; ended[2] = false; setEntry(1, nothing, 0); setEntry(2, value, 2);
    printf("| the standby has fallen behind: it holds value 1 and epoch 1, the primary value 2 and epoch 2, with a cache that holds value 2\n");
#else
    record[1].state = open; record[1].epoch = 1; setEntry(1, value, 2);
    printf("| the standby has fallen behind: it holds value 1; the primary and the cache hold value 2\n");
#endif
#else
    run Changes(0);
#endif
#if STORES > 1
    run Changes(1); run Failover();
#endif
    acknowledged[0] = (CLAIMS(order_of_reads) -> 0 : holds[0]);
    running = PROCESSES;
    for (i : 1 .. EPOCHS) {
      run Expiry(i);
#ifndef CACHE_STAYS
      run Term(i)
#endif
    }
    for (i : 1 .. WRITERS) { run Writer(i) }
    i = 1;
    do
    :: i <= READERS -> run Reader(i); i++
    :: else -> break
    od;
    i = 0
  }
}
