import { defineTable, type Table } from '../row-binary/table.ts';
import { type SubjectUriRow, subjectUriColumns } from './subject-row.ts';

export type LikeRow = SubjectUriRow;

export const likes: Table<LikeRow> = defineTable('likes', subjectUriColumns);
