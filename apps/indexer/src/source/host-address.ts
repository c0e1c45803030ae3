import { InvalidRequestError, methodUrl, protocolOf, subscribeUrl } from '@updraft/jetstream';

/** The address; undefined when it isn't one of a host that can be subscribed to. */
export function hostAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if ((url.protocol !== 'ws:' && url.protocol !== 'wss:') || url.host === '' || url.hash !== '') return undefined;
  const [isBare, isV1] = [url.pathname === '/', protocolOf(text) === 'v1'];
  if (!isBare && !isV1 && url.pathname !== methodUrl(text, 'subscribeEvents').pathname) return undefined;
  if (!isSubscribable(text)) return undefined;
  return isBare ? `${url.protocol}//${url.host}${url.search}` : url.href;
}

/** Whether its parameters are those of its protocol. */
function isSubscribable(address: string): boolean {
  try {
    subscribeUrl(address);
    return true;
  } catch (error) {
    if (error instanceof InvalidRequestError) return false;
    throw error;
  }
}
