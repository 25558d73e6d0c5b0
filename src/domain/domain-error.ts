/** A refusal by the business: nothing was changed. `code` is stable and part of the interface. */
export abstract class DomainError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}
