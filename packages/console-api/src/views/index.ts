export * from './cleanup.ts';
export * from './config.ts';
export * from './feeds.ts';
export * from './hosts.ts';
export * from './operator.ts';
export * from './page-names.ts';
export * from './post-card.ts';
export * from './session.ts';
