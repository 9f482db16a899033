/** Which dialect a spec is played in, by the name it gives itself. */
import { citic } from './citic/dialect.ts';
import type { Dialect } from './front/dialect.ts';

export const DIALECTS: Readonly<Record<string, Dialect>> = { citic };
