import { defineTable, type Table } from '../row-binary/table.ts';
import { type SubjectDidRow, subjectDidColumns } from './subject-row.ts';

export const follows: Table<SubjectDidRow> = defineTable('follows', subjectDidColumns);
