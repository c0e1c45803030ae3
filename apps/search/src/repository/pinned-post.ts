import { parseAtUri, readProfile } from '@updraft/atproto';
import { type Repository, RepositoryError, recordRange } from '@updraft/repository';

const PROFILE = 'app.bsky.actor.profile/self';

/** The path of the post that the account's profile pins. @throws RepositoryError when the profile can't be read */
export function pinnedPath(repository: Repository): string | undefined {
  for (const { value } of repository.records(recordRange(PROFILE))) {
    const profile = readProfile(value);
    if (profile === undefined)
      throw new RepositoryError('the profile can not be read, so its pinned post is not known');
    const uri = parseAtUri(profile.pinnedPostUri);
    return uri === undefined ? undefined : `${uri.collection}/${uri.rkey}`;
  }
  return undefined;
}
