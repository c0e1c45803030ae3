import { expect, it } from 'vitest';
import { matchColumns, type WantedField } from './source-columns.ts';

const wanted: Record<string, WantedField> = {
  did: { names: ['actor_did', 'did'], as: 'text', isRequired: true },
  label: { names: ['label'], as: 'text', isRequired: true },
  createdAt: { names: ['created_at'], as: 'time' },
};
const column = (name: string) => ({ name, type: 'String' });

it('finds columns by the likeliest of their names, and says which are missing and which only absent', () => {
  const match = matchColumns(wanted, [column('did'), column('Actor_DID'), column('other')]);
  expect(match.columns['did']?.name).toBe('Actor_DID');
  expect(match.missing).toEqual(['label']);
  expect(match.absent).toEqual(['createdAt']);
});

it('takes a column that was chosen, and no other for that field', () => {
  expect(matchColumns(wanted, [column('who'), column('label')], { did: 'who' }).columns['did']?.name).toBe('who');
  expect(matchColumns(wanted, [column('did'), column('label')], { did: 'who' }).missing).toEqual(['did']);
});
