/** The reference protocol: a bank as its page describes one. */
import { Repertoire } from '../bank/repertoire.ts';
import { memoOf, text } from '../bank/reply.ts';
import type { Dialect } from '../front/dialect.ts';
import { referenceCode } from './codes.ts';
import { orders } from './families.ts';

export const reference: Dialect = {
  repertoire: new Repertoire([orders]),
  serialOf: (message) =>
    ['serial', 'ofSerial', 'account']
      .map((name) => text(message, name))
      .find((value) => value !== '') ?? '',
  memoOf,
  codeOf: referenceCode,
  common: (_asked, code) => ({ text: code.text }),
};
