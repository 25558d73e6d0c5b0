/** A violated business rule; nothing was changed. `code` is stable and part of the public interface. */
export abstract class DomainError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}
