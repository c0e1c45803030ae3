import { list } from './list.ts';

/** TRUST_PROXY: the networks of proxies whose word about the caller's address counts; `true` for all. */
export const trustedProxies = list.transform((all): boolean | string[] => {
  if (all.includes('true')) return true;
  return all.length > 0 ? all : false;
});
