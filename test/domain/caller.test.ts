import { expect } from 'chai';
import { actorOf } from '../../src/domain/caller.ts';
import { TOM } from './builders.ts';

describe('the actor in an event', () => {
  it('is the calling user by name', () => {
    expect(actorOf({ type: 'user', username: TOM })).to.deep.equal({ type: 'user', name: 'tom' });
  });

  it('is nobody in particular where the caller gave no credentials', () => {
    expect(actorOf({ type: 'anonymous' })).to.deep.equal({ type: 'anonymous' });
  });
});
