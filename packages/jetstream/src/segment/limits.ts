/** Bounds of the format. Whatever a file claims, nothing larger is read, decoded or allocated. */

/** Rows of one block. */
export const MAX_BLOCK_ROWS = 262_144;
/** One block, decompressed. */
export const MAX_BLOCK_BYTES: number = 2 ** 30;
/** Blocks of one segment. */
export const MAX_BLOCKS: number = 2 ** 20;
/** Collections that one segment names. */
export const MAX_COLLECTIONS: number = 2 ** 20;
/** The index of collections, decompressed. */
export const MAX_COLLECTION_INDEX_BYTES: number = 2 ** 28;
