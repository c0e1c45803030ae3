import { enableCompileCache } from 'node:module';
import { giveVerdicts } from '../threads/give-verdicts.ts';

enableCompileCache(); // the lexicons take a second to compile
const { isValidPost } = await import('@updraft/feeds/post-validity');

giveVerdicts((records: readonly string[]) =>
  records.map((record) => {
    try {
      return isValidPost(record);
    } catch {
      return true; // a record is not at fault when the validator itself fails
    }
  }),
);
