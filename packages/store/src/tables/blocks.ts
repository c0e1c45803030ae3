import { defineTable, type Table } from '../row-binary/table.ts';
import { type SubjectDidRow, subjectDidColumns } from './subject-row.ts';

export type BlockRow = SubjectDidRow;

export const blocks: Table<BlockRow> = defineTable('blocks', subjectDidColumns);
