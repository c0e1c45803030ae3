/** A member as GET /api/admin/feed_members gives it; handle and displayName are empty where they are not known. */
export interface Member {
  readonly did: string;
  readonly handle: string;
  readonly displayName: string;
  readonly createdAt: string;
}

/** How people name an account. */
export function accountLabel({ did, handle }: Pick<Member, 'did' | 'handle'>): string {
  return handle === '' ? did : `@${handle}`;
}
