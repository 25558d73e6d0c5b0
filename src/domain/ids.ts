/** `user_…`, time-ordered, never reused; `legacy:<username>` for a record that was written without an id. */
export type UserId = string & { readonly kind?: 'UserId' };

/** `org_…`, time-ordered, never reused; `legacy:<name>` for a record that was written without an id. */
export type OrganizationId = string & { readonly kind?: 'OrganizationId' };

/** `inv_…`, time-ordered. */
export type InvitationId = string & { readonly kind?: 'InvitationId' };
