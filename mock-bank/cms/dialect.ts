/** The CMS family: ten characters of length, two flags, and XML whose head repeats what was asked. */
import { Repertoire } from '../bank/repertoire.ts';
import { text } from '../bank/reply.ts';
import type { Dialect } from '../front/dialect.ts';
import { dayOf, timeOf } from '../ledger/calendar.ts';
import { cmsCode, flagOf } from './codes.ts';
import { payments } from './payments.ts';

export const cms: Dialect = {
  repertoire: new Repertoire([payments]),
  /** the order number (凭证号); else the number of the request */
  serialOf: (message) => text(message, 'cert_no') || text(message, 'req_no'),
  memoOf: (message) => text(message, 'postscript') || text(message, 'purpose'),
  codeOf: cmsCode,
  common: ({ message }, code, now) => ({
    tr_code: message === undefined ? '' : text(message, 'tr_code'),
    serial_no: '12345678',
    req_no: message === undefined ? '' : text(message, 'req_no'),
    tr_acdt: dayOf(now),
    tr_time: timeOf(now),
    succ_flag: flagOf(code),
    file_flag: '0',
  }),
};
