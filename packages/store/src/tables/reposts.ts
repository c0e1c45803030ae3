import { defineTable, type Table } from '../row-binary/table.ts';
import { type SubjectUriRow, subjectUriColumns } from './subject-row.ts';

export type RepostRow = SubjectUriRow;

export const reposts: Table<RepostRow> = defineTable('reposts', subjectUriColumns);
