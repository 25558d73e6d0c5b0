import { userStoreContract } from '../../contracts/user-store-contract.ts';
import { openSqlite } from '../../support/sqlite.ts';

describe('SqliteUserStore', () => userStoreContract(openSqlite));
