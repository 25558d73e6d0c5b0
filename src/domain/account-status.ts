/** Of a user or an organization. While either is suspended, none of its memberships is in force. */
export type AccountStatus = 'active' | 'suspended';
