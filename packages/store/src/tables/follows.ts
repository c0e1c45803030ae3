import { defineTable, type Table } from '../row-binary/table.ts';
import { type SubjectDidRow, subjectDidColumns } from './subject-row.ts';

export type FollowRow = SubjectDidRow;

export const follows: Table<FollowRow> = defineTable('follows', subjectDidColumns);
