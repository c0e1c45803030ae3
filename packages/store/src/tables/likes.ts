import { defineTable, type Table } from '../row-binary/table.ts';
import { type SubjectUriRow, subjectUriColumns } from './subject-row.ts';

export const likes: Table<SubjectUriRow> = defineTable('likes', subjectUriColumns);
