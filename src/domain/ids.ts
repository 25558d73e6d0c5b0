/** `user_…`, time-ordered, never given to anybody else; `legacy:<username>` where a record had none. */
export type UserId = string & { readonly kind?: 'UserId' };

/** `org_…`, time-ordered, never given to another organization; `legacy:<name>` where a record had none. */
export type OrganizationId = string & { readonly kind?: 'OrganizationId' };

/** `inv_…`, time-ordered. */
export type InvitationId = string & { readonly kind?: 'InvitationId' };
