import { list } from './list.ts';

/** TRUST_PROXY: the networks of proxies that are believed about the caller's address; `true` for all of them. */
export const trustedProxies = list.transform((all): boolean | string[] => {
  if (all.includes('true')) return true;
  return all.length > 0 ? all : false;
});
