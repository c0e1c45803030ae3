/** `ended` is what everybody is whom nobody has asked for, and who is so again. */
export const MEMBER_STATES = ['pending', 'approved', 'rejected', 'banned', 'left', 'ended'] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

/** How an account stands towards a feed's members. Those who are approved bear the label. */
export interface Standing {
  readonly state: MemberState;
  /** Where the request or the membership came from: GIVEN, ASKED, or a source of the feeds file; '' for nowhere. */
  readonly source: string;
  /** The at-uri of the record by which it came, where there is one. */
  readonly evidence: string;
  /** What a host wrote last about the account. */
  readonly note: string;
  /** Microseconds since 1970 of the last change; 0 before the first. */
  readonly version: number;
}

/** The source of a membership that a host gave: no other source ends it. */
export const GIVEN = 'api';
/** The source of a request that came over HTTP: no other source ends it. */
export const ASKED = 'request';

export const UNKNOWN: Standing = { state: 'ended', source: '', evidence: '', note: '', version: 0 };

/** Whether a source lets accounts in or asks a host about them. */
export type Approval = 'auto' | 'queue';

/** What hosts do. A note replaces the one before. */
export const HOST_ACTIONS = ['give', 'approve', 'reject', 'remove', 'ban', 'unban', 'note'] as const;

export type MemberAction =
  | { readonly kind: (typeof HOST_ACTIONS)[number]; readonly note?: string | undefined }
  /** The account opts out. */
  | { readonly kind: 'leave'; readonly note?: string | undefined }
  /** The account itself asks, at this moment. */
  | (Offer & { readonly kind: 'ask'; readonly atMicros: number })
  /** A source has the account. */
  | (Offer & { readonly kind: 'offer' })
  /** The source no longer has the account. */
  | { readonly kind: 'end'; readonly source: string };

interface Offer {
  readonly source: string;
  readonly approve: Approval;
  readonly evidence?: string | undefined;
}

/** The standing after an action, without its new version; the same object when nothing changes. */
export function nextStanding(standing: Standing, action: MemberAction): Standing {
  const { state, source } = standing;
  switch (action.kind) {
    case 'ask':
    case 'offer':
      return afterOffer(standing, action);
    case 'end':
      if (action.source !== source) return standing;
      if (state === 'approved') return changed(standing, { state: 'ended' });
      return state === 'pending' ? changed(standing, NOWHERE) : standing;
    case 'leave':
      // Who was refused can't make that undone by leaving and asking again.
      return state === 'banned' || state === 'rejected' ? standing : changed(standing, { state: 'left' }, action.note);
    default:
      return afterHost(standing, action.kind, action.note);
  }
}

const NOWHERE = { state: 'ended', source: '', evidence: '' } as const;

function afterHost(standing: Standing, kind: (typeof HOST_ACTIONS)[number], note: string | undefined): Standing {
  const { state, version } = standing;
  switch (kind) {
    case 'give':
      return changed(standing, { state: 'approved', source: GIVEN, evidence: '' }, note);
    case 'approve':
      if (state === 'pending' || state === 'approved') return changed(standing, { state: 'approved' }, note);
      return afterHost(standing, 'give', note);
    case 'reject':
      return changed(standing, state === 'banned' ? {} : { state: 'rejected' }, note);
    case 'remove':
      return state === 'approved' ? changed(standing, { state: 'rejected' }, note) : standing;
    case 'ban':
      return changed(standing, { state: 'banned' }, note);
    case 'unban':
      return state === 'banned' ? changed(standing, NOWHERE, note) : standing;
    default: // note
      return version === 0 && state === 'ended' ? standing : changed(standing, {}, note);
  }
}

function afterOffer(standing: Standing, action: Extract<MemberAction, { kind: 'ask' | 'offer' }>): Standing {
  const { state, source, version } = standing;
  const { approve, evidence = '' } = action;
  const taken = (next: 'approved' | 'pending') => changed(standing, { state: next, source: action.source, evidence });
  // Whom a host or the source let in once, it lets in again.
  if (state === 'ended') return taken(approve === 'auto' || source === action.source ? 'approved' : 'pending');
  if (state === 'pending' && approve === 'auto') return taken('approved');
  if (state === 'left' && action.kind === 'ask' && action.atMicros > version)
    return taken(approve === 'auto' ? 'approved' : 'pending');
  return standing;
}

function changed(standing: Standing, change: Partial<Standing>, note = standing.note): Standing {
  const next = { ...standing, ...change, note };
  const isSame =
    next.state === standing.state &&
    next.source === standing.source &&
    next.evidence === standing.evidence &&
    next.note === standing.note;
  return isSame ? standing : next;
}
