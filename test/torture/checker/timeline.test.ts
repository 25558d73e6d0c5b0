import { expect } from 'chai';
import { type State, Timeline, type Verdict } from './timeline.ts';

const NONE: State = { answers: ['not_member', 'membership_not_found'], grants: 0 };
const member = (version: number): State => ({ answers: [`Member at ${version}`], grants: 1 });
const admin = (version: number): State => ({ answers: [`Admin at ${version}`], grants: 2 });

const SUSPENDED: State = { answers: ['user_suspended'], grants: 0 };

/** A membership that was added from 10 to 20, and so on: each write is sent at a multiple of 10 and answered 10 later. */
function history(...states: readonly State[]): Timeline {
  const timeline = new Timeline(NONE);
  for (const [i, state] of states.entries()) {
    timeline.acknowledge(timeline.begin(state, (2 * i + 1) * 10), (2 * i + 2) * 10);
  }
  return timeline;
}

const ask = (
  timeline: Timeline,
  { answers: [answer = ''], grants }: State,
  from: number,
  to: number,
): Verdict => timeline.judge({ answer, grants, from, to });

const kind = (...asked: Parameters<typeof ask>): string => ask(...asked).kind;

describe('Timeline', () => {
  it('takes what was so before, between and after writes', () => {
    const timeline = history(member(1), admin(2));
    expect(kind(timeline, NONE, 0, 5)).to.equal('right');
    expect(kind(timeline, member(1), 22, 28)).to.equal('right');
    expect(kind(timeline, admin(2), 50, 60)).to.equal('right');
  });

  it('takes an answer in any of the words that say it', () => {
    expect(history().judge({ answer: 'membership_not_found', grants: 0, from: 0, to: 1 }).kind).to.equal(
      'right',
    );
  });

  it('takes the old and the new while a write is under way', () => {
    const timeline = history(member(1), admin(2));
    for (const state of [member(1), admin(2)]) expect(kind(timeline, state, 33, 35)).to.equal('right');
  });

  it('takes the old from a question that was sent before the write was acknowledged, however late its answer', () => {
    expect(kind(history(member(1), admin(2)), member(1), 39, 500)).to.equal('right');
  });

  it('calls the old stale once the write had been acknowledged, and says for how long', () => {
    expect(ask(history(member(1), admin(2)), member(1), 43, 45)).to.deep.equal({
      kind: 'stale',
      lateMs: 3,
      grantsTooMuch: false,
    });
  });

  it('calls the new wrong before its write was sent', () => {
    expect(kind(history(member(1), admin(2)), admin(2), 22, 29)).to.equal('never');
  });

  it('says of a stale answer that it grants what was revoked', () => {
    const timeline = history(admin(1), NONE, member(3));
    expect(ask(timeline, admin(1), 45, 46)).to.include({ kind: 'stale', grantsTooMuch: true });
    expect(ask(timeline, admin(1), 65, 66)).to.include({ kind: 'stale', grantsTooMuch: true });
    expect(ask(timeline, NONE, 65, 66)).to.include({ kind: 'stale', grantsTooMuch: false });
  });

  it('does not call it revoked while something that grants as much may be so', () => {
    const timeline = history(admin(1), member(2));
    timeline.begin(admin(3), 50);
    expect(ask(timeline, admin(1), 55, 56)).to.include({ kind: 'stale', grantsTooMuch: false });
  });

  it('finds what is stale because it has come back in another version', () => {
    const timeline = history(member(1), NONE, member(3));
    expect(kind(timeline, member(1), 65, 66)).to.equal('stale');
    expect(kind(timeline, member(3), 65, 66)).to.equal('right');
  });

  it('finds a combination that was so at no moment', () => {
    // Promoted and demoted while suspended: nobody was ever an Admin in force.
    const timeline = history(member(1), SUSPENDED, SUSPENDED, member(3));
    for (const [from, to] of [
      [45, 46],
      [65, 66],
      [85, 86],
      [5, 500],
    ] as const) {
      expect(ask(timeline, admin(2), from, to)).to.deep.equal({ kind: 'never', grantsTooMuch: true });
    }
  });

  describe('with a write that was not answered', () => {
    it('takes the old and the new for as long as nobody knows', () => {
      const timeline = history(member(1));
      timeline.begin(admin(2), 30);
      for (const state of [member(1), admin(2), member(1)]) {
        expect(kind(timeline, state, 5000, 5001)).to.equal('right');
      }
    });

    it('takes only the new once it is known to have been made', () => {
      const timeline = history(member(1));
      timeline.acknowledge(timeline.begin(admin(2), 30), 900);
      expect(kind(timeline, member(1), 899, 950)).to.equal('right');
      expect(kind(timeline, member(1), 901, 950)).to.equal('stale');
    });

    it('takes only the old once it is known never to have been made, and tells who saw it all the same', () => {
      const timeline = history(member(1));
      const unclear = timeline.begin(admin(2), 30);
      expect(kind(timeline, admin(2), 35, 36)).to.equal('right');
      expect(kind(timeline, member(1), 35, 36)).to.equal('right');
      expect(timeline.drop(unclear)).to.equal(1);
      expect(kind(timeline, member(1), 40, 41)).to.equal('right');
      expect(kind(timeline, admin(2), 40, 41)).to.equal('never');
    });

    it('takes whatever the next write may bring, and afterwards only what it did bring', () => {
      const timeline = history(member(1));
      const unclear = timeline.begin(admin(2), 30);
      const ifNot = timeline.begin(NONE, 40);
      const ifMade = timeline.begin(SUSPENDED, 40);
      for (const state of [member(1), admin(2), NONE, SUSPENDED]) {
        expect(kind(timeline, state, 45, 46)).to.equal('right');
      }
      timeline.drop(ifNot);
      timeline.acknowledge(ifMade, 50);
      for (const state of [member(1), admin(2)]) expect(kind(timeline, state, 55, 56)).to.equal('stale');
      expect(kind(timeline, SUSPENDED, 55, 56)).to.equal('right');
      expect(() => timeline.drop(ifNot)).to.throw('no such span');
      expect(timeline.drop(unclear)).to.equal(1);
    });
  });
});
