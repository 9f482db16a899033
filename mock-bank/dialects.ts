/** Which dialect a spec is played in, by the name it gives itself. */
import { citic } from './citic/dialect.ts';
import { cms } from './cms/dialect.ts';
import type { Dialect } from './front/dialect.ts';
import { b2bi } from './pingan/b2bi/dialect.ts';
import { jzb, trading } from './pingan/site/dialects.ts';
import { reference } from './reference/dialect.ts';

export const DIALECTS: Readonly<Record<string, Dialect>> = {
  citic,
  cms,
  pingan_b2bi: b2bi,
  pingan_jzb: jzb,
  pingan_trading: trading,
  reference,
};
