import { cacheContract } from '../../../contracts/cache-contract.ts';
import { momentoCacheUnderTest } from '../../../support/momento-fixture.ts';

describe('MomentoCache', () => cacheContract(momentoCacheUnderTest()));
