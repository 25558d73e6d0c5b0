import type { Role, WireEvent } from '../../support/api-client.ts';

const RANKS: Readonly<Record<Role, number>> = { Member: 1, Admin: 2, Owner: 3 };

/**
 * Replays the events of an organization and checks that each actor had the permission at that time.
 * Deleted members stay in the replay: they have no event of their own unless they are Owners, and act no more.
 */
export class OrganizationHistory {
  readonly #roles = new Map<string, Role>();
  #isSuspended = false;

  /** The events that contradict earlier ones. */
  violationsIn(events: readonly WireEvent[]): readonly string[] {
    return events.flatMap((event) => {
      const violations = this.#violationsOf(event);
      this.#apply(event);
      const isOwned = event.type === 'organization.deleted' || [...this.#roles.values()].includes('Owner');
      return [...violations, ...(isOwned ? [] : ['no Owner is left'])].map(
        (violation) => `${summary(event)}: ${violation}`,
      );
    });
  }

  #violationsOf({ type, actor, subject, changes }: WireEvent): readonly string[] {
    const by = actor['type'] === 'user' ? actor['name'] : undefined;
    const [username = ''] = [subject['username']];
    const { from, to } = roleIn(changes);
    const leaves = type === 'membership.removed' && username === by;
    const violations: string[] = [];
    const needs = (role: Role): void => {
      if (by === undefined) return;
      const has = this.#roles.get(by);
      if (has === undefined || RANKS[has] < RANKS[role]) violations.push(`by ${has ?? 'no member'}`);
    };
    switch (type) {
      case 'membership.added':
      case 'membership.role_changed':
      case 'membership.removed':
        if (
          type === 'membership.added'
            ? this.#roles.get(username) === 'Owner'
            : this.#roles.get(username) !== from
        )
          violations.push(`of ${this.#roles.get(username) ?? 'no member'}`);
        if (!leaves) needs(from === 'Owner' || to === 'Owner' ? 'Owner' : 'Admin');
        break;
      case 'organization.updated':
        needs('Admin');
        break;
      case 'ownership.transferred':
        needs('Owner');
        break;
    }
    // Owners can be deleted while the organization is suspended.
    if (this.#isSuspended && by !== undefined && !leaves) violations.push('in a suspended organization');
    return violations;
  }

  #apply({ type, actor, subject, changes }: WireEvent): void {
    const [username = ''] = [subject['username']];
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
        if (to !== undefined) this.#roles.set(username, to);
        break;
      case 'membership.removed':
        this.#roles.delete(username);
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

function summary({ seq, type, actor, subject, changes }: WireEvent): string {
  return `${seq} ${type} by ${actor['name']} of ${subject['username'] ?? ''} ${JSON.stringify(changes)}`;
}
