import type { RootHookObject } from 'mocha';

/** mocha 12 ignores promises that are rejected without a handler; Node ends the service on one. */
export const mochaHooks: RootHookObject = {
  beforeAll() {
    process.on('unhandledRejection', (reason) => {
      throw reason;
    });
  },
};
