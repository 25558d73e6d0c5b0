import { identityOf } from './file-identity.ts';

/** The files that a connection has open, by the paths where other processes would find them. */
export class OpenFiles {
  readonly #identities: readonly (readonly [path: string, identity: string | undefined])[];
  #missing: string | undefined;

  /** @param paths of files that are open by now */
  constructor(paths: readonly string[]) {
    this.#identities = paths.map((path) => [path, identityOf(path)]);
  }

  /** A path where the open file is no longer found; `undefined` = all are in place. Once one is missing, it stays so. */
  missing(): string | undefined {
    this.#missing ??= this.#identities.find(([path, identity]) => identityOf(path) !== identity)?.[0];
    return this.#missing;
  }
}
