import { expect } from 'chai';
import { type ObservableState, Timeline, type Verdict } from './timeline.ts';

const NONE: ObservableState = { answers: ['not_member', 'membership_not_found'], permissionLevel: 0 };
const member = (version: number): ObservableState => ({
  answers: [`Member at ${version}`],
  permissionLevel: 1,
});
const admin = (version: number): ObservableState => ({
  answers: [`Admin at ${version}`],
  permissionLevel: 2,
});

const SUSPENDED: ObservableState = { answers: ['user_suspended'], permissionLevel: 0 };

/** Writes that produce these states: the first is sent at 10 and acknowledged at 20, the next at 30 and 40, and so on. */
function history(...states: readonly ObservableState[]): Timeline {
  const timeline = new Timeline(NONE);
  for (const [i, state] of states.entries()) {
    timeline.acknowledge(timeline.begin(state, (2 * i + 1) * 10), (2 * i + 2) * 10);
  }
  return timeline;
}

const judge = (
  timeline: Timeline,
  { answers: [answer = ''], permissionLevel }: ObservableState,
  sentAt: number,
  receivedAt: number,
): Verdict => timeline.judge({ answer, permissionLevel, sentAt, receivedAt });

const kind = (...args: Parameters<typeof judge>): string => judge(...args).kind;

describe('Timeline', () => {
  it('accepts the current state before, between and after writes', () => {
    const timeline = history(member(1), admin(2));
    expect(kind(timeline, NONE, 0, 5)).to.equal('valid');
    expect(kind(timeline, member(1), 22, 28)).to.equal('valid');
    expect(kind(timeline, admin(2), 50, 60)).to.equal('valid');
  });

  it('accepts every answer of a state', () => {
    const read = { answer: 'membership_not_found', permissionLevel: 0, sentAt: 0, receivedAt: 1 };
    expect(history().judge(read).kind).to.equal('valid');
  });

  it('accepts the old and the new state during a write', () => {
    const timeline = history(member(1), admin(2));
    for (const state of [member(1), admin(2)]) expect(kind(timeline, state, 33, 35)).to.equal('valid');
  });

  it('accepts the old state if the read was sent before the acknowledgement, however late the response', () => {
    expect(kind(history(member(1), admin(2)), member(1), 39, 500)).to.equal('valid');
  });

  it('classifies the old state as stale after the acknowledgement, with the staleness', () => {
    expect(judge(history(member(1), admin(2)), member(1), 43, 45)).to.deep.equal({
      kind: 'stale',
      stalenessMs: 3,
      isOverPermissive: false,
    });
  });

  it('classifies the new state as impossible before its write was sent', () => {
    expect(kind(history(member(1), admin(2)), admin(2), 22, 29)).to.equal('impossible');
  });

  it('reports a stale response that grants a revoked permission', () => {
    const timeline = history(admin(1), NONE, member(3));
    expect(judge(timeline, admin(1), 45, 46)).to.include({ kind: 'stale', isOverPermissive: true });
    expect(judge(timeline, admin(1), 65, 66)).to.include({ kind: 'stale', isOverPermissive: true });
    expect(judge(timeline, NONE, 65, 66)).to.include({ kind: 'stale', isOverPermissive: false });
  });

  it('is not over-permissive while a possible state grants as much', () => {
    const timeline = history(admin(1), member(2));
    timeline.begin(admin(3), 50);
    expect(judge(timeline, admin(1), 55, 56)).to.include({ kind: 'stale', isOverPermissive: false });
  });

  it('detects a stale state even if the same role was restored with another version', () => {
    const timeline = history(member(1), NONE, member(3));
    expect(kind(timeline, member(1), 65, 66)).to.equal('stale');
    expect(kind(timeline, member(3), 65, 66)).to.equal('valid');
  });

  it('detects a combination that never existed', () => {
    // The user was promoted and demoted while suspended, so was never an active Admin.
    const timeline = history(member(1), SUSPENDED, SUSPENDED, member(3));
    for (const [sentAt, receivedAt] of [
      [45, 46],
      [65, 66],
      [85, 86],
      [5, 500],
    ] as const) {
      expect(judge(timeline, admin(2), sentAt, receivedAt)).to.deep.equal({
        kind: 'impossible',
        isOverPermissive: true,
      });
    }
  });

  describe('with a write that got no response', () => {
    it('accepts the old and the new state while the outcome is unknown', () => {
      const timeline = history(member(1));
      timeline.begin(admin(2), 30);
      for (const state of [member(1), admin(2), member(1)]) {
        expect(kind(timeline, state, 5000, 5001)).to.equal('valid');
      }
    });

    it('accepts only the new state once the write is known to be applied', () => {
      const timeline = history(member(1));
      timeline.acknowledge(timeline.begin(admin(2), 30), 900);
      expect(kind(timeline, member(1), 899, 950)).to.equal('valid');
      expect(kind(timeline, member(1), 901, 950)).to.equal('stale');
    });

    it('accepts only the old state once the write is known not to be applied, and counts reads of the new one', () => {
      const timeline = history(member(1));
      const unknown = timeline.begin(admin(2), 30);
      expect(kind(timeline, admin(2), 35, 36)).to.equal('valid');
      expect(kind(timeline, member(1), 35, 36)).to.equal('valid');
      expect(timeline.discard(unknown)).to.equal(1);
      expect(kind(timeline, member(1), 40, 41)).to.equal('valid');
      expect(kind(timeline, admin(2), 40, 41)).to.equal('impossible');
    });

    it('accepts every state that the next write may produce, then only the one that it did produce', () => {
      const timeline = history(member(1));
      const unknown = timeline.begin(admin(2), 30);
      const ifNotApplied = timeline.begin(NONE, 40);
      const ifApplied = timeline.begin(SUSPENDED, 40);
      for (const state of [member(1), admin(2), NONE, SUSPENDED]) {
        expect(kind(timeline, state, 45, 46)).to.equal('valid');
      }
      timeline.discard(ifNotApplied);
      timeline.acknowledge(ifApplied, 50);
      for (const state of [member(1), admin(2)]) expect(kind(timeline, state, 55, 56)).to.equal('stale');
      expect(kind(timeline, SUSPENDED, 55, 56)).to.equal('valid');
      expect(() => timeline.discard(ifNotApplied)).to.throw('not part of this timeline');
      expect(timeline.discard(unknown)).to.equal(1);
    });
  });
});
