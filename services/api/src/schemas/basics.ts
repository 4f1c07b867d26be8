import { z } from 'zod';

const next = z.string().nullable().describe('The cursor of the next page; null at the end');
export const pageOf = <S extends z.ZodType>(item: S) => z.object({ items: z.array(item).describe('What this page holds'), next });
