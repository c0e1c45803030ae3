import { defineTable, type Table } from '../row-binary/table.ts';
import { type SubjectUriRow, subjectUriColumns } from './subject-row.ts';

export const reposts: Table<SubjectUriRow> = defineTable('reposts', subjectUriColumns);
