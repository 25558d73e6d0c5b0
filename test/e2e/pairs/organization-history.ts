import type { Role, WireEvent } from '../../support/api-client.ts';

const RANKS: Readonly<Record<Role, number>> = { Member: 1, Admin: 2, Owner: 3 };

/**
 * An organization as its events tell it, one after the other: whether each of them was somebody's to do at that moment.
 * Members who are deleted leave no event, unless they are Owners; they do nothing any more, so they may stay here.
 */
export class OrganizationHistory {
  readonly #roles = new Map<string, Role>();
  #isSuspended = false;

  /** What cannot have been, in the order of the events. */
  faultsIn(events: readonly WireEvent[]): readonly string[] {
    return events.flatMap((event) => {
      const faults = this.#faultsOf(event);
      this.#apply(event);
      const isOwned = event.type === 'organization.deleted' || [...this.#roles.values()].includes('Owner');
      return [...faults, ...(isOwned ? [] : ['leaves no Owner'])].map((fault) => `${told(event)}: ${fault}`);
    });
  }

  #faultsOf({ type, actor, subject, changes }: WireEvent): readonly string[] {
    const by = actor['type'] === 'user' ? actor['name'] : undefined;
    const [person = ''] = [subject['username']];
    const { from, to } = roleIn(changes);
    const leaves = type === 'membership.removed' && person === by;
    const faults: string[] = [];
    const needs = (role: Role): void => {
      if (by === undefined) return;
      const has = this.#roles.get(by);
      if (has === undefined || RANKS[has] < RANKS[role]) faults.push(`by ${has ?? 'no member'}`);
    };
    switch (type) {
      case 'membership.added':
      case 'membership.role_changed':
      case 'membership.removed':
        if (
          type === 'membership.added' ? this.#roles.get(person) === 'Owner' : this.#roles.get(person) !== from
        )
          faults.push(`of ${this.#roles.get(person) ?? 'no member'}`);
        if (!leaves) needs(from === 'Owner' || to === 'Owner' ? 'Owner' : 'Admin');
        break;
      case 'organization.updated':
        needs('Admin');
        break;
      case 'ownership.transferred':
        needs('Owner');
        break;
    }
    // An Owner may be deleted all the same.
    if (this.#isSuspended && by !== undefined && !leaves) faults.push('in a suspended organization');
    return faults;
  }

  #apply({ type, actor, subject, changes }: WireEvent): void {
    const [person = ''] = [subject['username']];
    const { to } = roleIn(changes);
    switch (type) {
      case 'organization.created':
        this.#roles.set(actor['name'] ?? '', 'Owner');
        break;
      case 'organization.suspended':
      case 'organization.resumed':
        this.#isSuspended = type === 'organization.suspended';
        break;
      case 'membership.added':
      case 'membership.role_changed':
        if (to !== undefined) this.#roles.set(person, to);
        break;
      case 'membership.removed':
        this.#roles.delete(person);
        break;
      case 'ownership.transferred': {
        const owner = changes['owner'] as { readonly from: string; readonly to: string };
        this.#roles.set(owner.from, 'Admin');
        this.#roles.set(owner.to, 'Owner');
        break;
      }
    }
  }
}

function roleIn(changes: WireEvent['changes']): { readonly from?: Role; readonly to?: Role } {
  return changes['role'] ?? {};
}

function told({ seq, type, actor, subject, changes }: WireEvent): string {
  return `${seq} ${type} by ${actor['name']} of ${subject['username'] ?? ''} ${JSON.stringify(changes)}`;
}
