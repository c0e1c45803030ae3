import { useApiUrl } from '../../data/config.tsx';
import { RequestError } from '../../data/request.ts';
import { type Live, usePolling } from '../../data/use-polling.ts';
import { questionOf, targetOf } from './link-target.ts';

const EVERY_MS = 3_600_000;

/** The target that was meant, as links write it. */
export function useTarget(asked: string): Live<string> {
  const url = useApiUrl();
  const question = questionOf(asked);
  return usePolling(
    asked,
    async (signal) => {
      if (question.kind === 'target') return question.target;
      const uri = await getText(url('search', `/redir?${new URLSearchParams({ q: question.page })}`), signal);
      const target = targetOf(question, uri);
      if (target !== undefined) return target;
      throw new RequestError(
        'The index does not know this handle. Paste the account’s DID, or an address with it.',
        404,
      );
    },
    EVERY_MS,
  );
}

/** GET /redir answers with text. */
async function getText(url: string, signal: AbortSignal): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, { signal, credentials: 'same-origin' });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new RequestError('The server can’t be reached.', 0);
  }
  if (response.ok) return response.text();
  const message = response.status === 400 ? 'This is not the address of a post, an account or a page.' : undefined;
  throw new RequestError(message ?? `The server answered ${response.status}.`, response.status);
}
