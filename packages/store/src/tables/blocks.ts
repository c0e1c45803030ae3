import { defineTable, type Table } from '../row-binary/table.ts';
import { type SubjectDidRow, subjectDidColumns } from './subject-row.ts';

export const blocks: Table<SubjectDidRow> = defineTable('blocks', subjectDidColumns);
