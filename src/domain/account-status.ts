/** Status of a user or an organization. While it is suspended, none of its memberships is in force. */
export type AccountStatus = 'active' | 'suspended';
