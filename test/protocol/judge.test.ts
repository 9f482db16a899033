/** CITIC's verdict tables, whole: what a code may be taken to mean, and that nothing else is final. */
import { describe, expect, it } from 'vitest';
import {
  inquiryRulesFor,
  judge,
  matches,
  rulesFor,
  type Verdict,
  wantedOf,
} from '../../src/protocol/judge.ts';
import type { Message, Row } from '../../src/protocol/message.ts';
import { citic, small, transaction } from './ground.ts';

const message = (fields: Row, rows?: Row[]): Message => ({
  fields,
  lists: rows === undefined ? {} : { userDataList: rows },
  head: {},
  extra: {},
});
const codes = (name: string): readonly string[] =>
  (citic.protocol.codes[name] ?? []).map((code) => code.replace(/\*$/, '001'));

/** `says ended reason`, as the table has them. */
const brief = ({ says, ended, reason }: Verdict): string =>
  [says, ended, reason].filter((part) => part !== undefined).join(' ');

const movements = [...citic.transactions.values()].filter((one) => one.kind !== 'query');
const direct = (code: string, status: string): string =>
  brief(judge(citic, rulesFor(citic, code), message({ status })));

const unlisted = [
  '',
  'AAAAA',
  'aaaaaaa',
  'ED02091',
  'XX00001',
  'EF09001',
  'A',
  '0',
  '00',
  'EDX0001',
];

describe.each(movements.map((one) => one.code))('the direct answer to %s', (code) => {
  it.each([
    ...codes('accepted').map((status) => [status, 'pending accepted']),
    ...codes('throttled').map((status) => [status, 'unknown client-side throttled']),
    ...codes('processing').map((status) => [status, 'unknown indeterminate']),
    ...codes('meaningUnknown').map((status) => [status, 'unknown indeterminate']),
    ...codes('insufficientBalance').map((status) => [status, 'failed refused refused-by-bank']),
    ...codes('noSuchAccount').map((status) => [status, 'failed refused refused-by-bank']),
    ...codes('clientSide').map((status) => [status, 'unknown client-side']),
    ['ED12002', 'unknown client-side'],
    ['AAAAAAD', 'unknown indeterminate'],
    ['AAAAAAZ', 'unknown indeterminate'],
  ])('%s: %s', (status, expected) => {
    expect(direct(code, status)).toBe(expected);
  });

  it.each(unlisted)('%j is listed nowhere and decides nothing', (status) => {
    expect(direct(code, status)).toBe('unknown unlisted refused-unconfirmed');
  });

  it('is never a success: accepted is not booked', () => {
    const rules = rulesFor(citic, code);
    expect(rules.filter((rule) => rule.says === 'succeeded' || rule.says === 'none')).toEqual([]);
  });
});

const asked = (outer: string, rows: readonly Row[]): Verdict => {
  const rules = transaction(citic, 'DLCIDSTT').asInquiry ?? [];
  return judge(citic, rules, message({ status: outer }, [...rows]));
};
const told = (stt: string, status: string, outer = 'AAAAAAA'): string =>
  brief(asked(outer, [{ ...(stt === '' ? {} : { stt }), ...(status === '' ? {} : { status }) }]));

describe('DLCIDSTT about a movement', () => {
  it('0 with AAAAAAA alone is a success', () => {
    expect(told('0', 'AAAAAAA')).toBe('succeeded');
    for (const status of ['', 'AAAAAAE', 'AAAAAAB', 'CCCCCCC', 'ED02083', 'CPRA004', 'aaaaaaa']) {
      expect(told('0', status)).toBe('unknown');
    }
  });

  it('1 with an error code is a failure, but not with a code that tells of none', () => {
    for (const status of [...codes('insufficientBalance'), ...codes('noSuchAccount'), 'XX00001']) {
      expect(told('1', status)).toBe('failed refused-by-bank');
    }
    const open = ['processing', 'clientSide', 'throttled', 'stillPending', 'meaningUnknown'];
    const none = ['', 'AAAAAAA', 'AAAAAAD', 'ED12002', ...open.flatMap(codes)];
    for (const status of none) expect(told('1', status), status).toBe('unknown');
  });

  it('2 is pending with the codes known to mean so, and otherwise decides nothing', () => {
    for (const status of codes('stillPending')) expect(told('2', status)).toBe('pending');
    for (const status of ['', 'AAAAAAA', 'CPRA004', 'XX00001', 'EEEEEEE']) {
      expect(told('2', status), status).toBe('unknown');
    }
  });

  it.each(['3', '4'])('%s is a failure beside any code', (stt) => {
    for (const status of ['', 'AAAAAAA', 'XX00001', 'AAAAAAB']) {
      expect(told(stt, status)).toBe('failed refused-by-bank');
    }
  });

  it('ED02083 says "no such serial", outside and in the row', () => {
    expect(brief(asked('ED02083', []))).toBe('none');
    for (const stt of ['', '1', '2']) expect(told(stt, 'ED02083')).toBe('none');
    // a state that contradicts it: refused or withdrawn orders were once there
    expect(told('0', 'ED02083')).toBe('unknown');
    expect(told('3', 'ED02083')).toBe('failed refused-by-bank');
  });

  it('any other outer code means that the question failed, whatever the row says', () => {
    for (const outer of ['AAAAAAE', 'CCCCCCC', 'ED12002', 'XX00001', '', 'UNKNOWN']) {
      for (const stt of ['0', '1', '2', '3', '4']) {
        expect(told(stt, 'AAAAAAA', outer), outer).toBe('unknown');
        expect(told(stt, 'CPRA004', outer), outer).toBe('unknown');
      }
    }
    for (const outer of codes('throttled')) {
      expect(told('0', 'AAAAAAA', outer)).toBe('unknown throttled');
    }
  });

  it('a state that is not listed decides nothing', () => {
    for (const stt of ['', '5', '9', '00', '01', '10', ' 0', 'A']) {
      expect(told(stt, 'AAAAAAA'), stt).toBe('unknown');
      expect(told(stt, 'CPRA004'), stt).toBe('unknown');
    }
  });

  it('no row and several rows decide nothing', () => {
    expect(brief(asked('AAAAAAA', []))).toBe('unknown');
    const row = { stt: '0', status: 'AAAAAAA' };
    expect(brief(asked('AAAAAAA', [row, row]))).toBe('unknown');
    const refused = { stt: '3' };
    expect(brief(asked('AAAAAAA', [refused, refused]))).toBe('unknown');
  });

  it("gives the row's code and text, which are about the order and not about the question", () => {
    const row = { stt: '1', status: 'CPRA004', statusText: '余额不足' };
    expect(asked('AAAAAAA', [row])).toMatchObject({ code: 'CPRA004', text: '余额不足', row });
  });
});

describe('DLSASQRY about an opening', () => {
  const rules = transaction(citic, 'DLSASQRY').asInquiry ?? [];
  const mine = { subAccNo: '3110700000000000011', subAccNm: '示例公司' };
  const found = (status: string, rows: Row[], outer = 'AAAAAAA') => {
    const all = message(
      { status: outer },
      rows.map((row) => ({ ...row, status })),
    );
    return brief(judge(citic, rules, all, wantedOf(citic, 'DLSASQRY', mine)));
  };

  it.each([
    ['0', 'succeeded'],
    ['1', 'pending'],
    ['2', 'unknown'],
    ['3', 'failed refused-by-bank'],
    ['8', 'failed refused-by-bank'],
    ['AAAAAAA', 'unknown'],
    ['00', 'unknown'],
  ])('state %s: %s', (status, expected) => {
    expect(found(status, [mine])).toBe(expected);
  });

  it('looks only at the account asked about, under the name it was opened with', () => {
    const other = { ...mine, subAccNo: '3110700000000000099' };
    expect(found('0', [other, mine])).toBe('succeeded');
    expect(found('0', [other])).toBe('unknown');
    expect(found('0', [{ ...mine, subAccNm: '另一公司' }])).toBe('unknown');
    expect(found('0', [mine, mine])).toBe('unknown');
  });

  it('takes no row for ours when we do not know what ours is called', () => {
    const bare = message({ status: 'AAAAAAA' }, [{ subAccNo: '3110700000000000011', status: '0' }]);
    const unnamed = wantedOf(citic, 'DLSASQRY', { ...mine, subAccNm: '' });
    expect(judge(citic, rules, bare, unnamed).says).toBe('unknown');
  });

  it('an empty list says that there is no such account', () => {
    expect(found('', [], 'PBRA001')).toBe('none');
  });
});

/** What the inquiry of `code` concludes from rows, when it looks for `select`. */
function inquired(
  code: string,
  select: Readonly<Record<string, string>>,
  rows: Row[],
  outer = 'AAAAAAA',
): string {
  const { inquiry } = transaction(citic, code);
  if (typeof inquiry !== 'object') throw new Error(`${code} has no inquiry`);
  const rules = inquiryRulesFor(citic, inquiry) ?? [];
  expect(Object.keys(select).sort()).toEqual(Object.keys(inquiry.select ?? {}).sort());
  const wanted = wantedOf(citic, inquiry.transaction, select);
  return brief(judge(citic, rules, message({ status: outer }, rows), wanted));
}

describe('DLSASQRY about a closing', () => {
  const mine = { subAccNo: '3110700000000000011' };
  const found = (status: string, outer?: string) =>
    inquired('DLOLCACC', mine, [{ ...mine, status }], outer);

  it('state 2 proves it, and what proves an opening does not', () => {
    expect(found('2')).toBe('succeeded');
    for (const status of ['0', '1', '3', '8', '']) expect(found(status)).toBe('unknown');
  });

  it('an account that is not listed, listed twice or is another proves nothing', () => {
    expect(inquired('DLOLCACC', mine, [], 'PBRA001')).toBe('unknown');
    const closed = { ...mine, status: '2' };
    expect(inquired('DLOLCACC', mine, [closed, closed])).toBe('unknown');
    const other = { subAccNo: '3110700000000000022', status: '2' };
    expect(inquired('DLOLCACC', mine, [other])).toBe('unknown');
  });
});

describe('DLSASQRY about a change of parameters', () => {
  const asked = {
    subAccNo: '3110700000000000011',
    subAccNm: '示例公司',
    autoAssignInterestFlag: '0',
    calInterestFlag: '1',
    interestRate: '0.35',
    autoAssignTranFeeFlag: '0',
    feeType: '1',
  };
  const row = { ...asked, status: '0', interestRate: 3_500_000n };

  it('all parameters as asked for prove it, however a rate is written', () => {
    expect(inquired('DLSBAMAN', asked, [row])).toBe('succeeded');
    for (const interestRate of ['0.35', '0.350', '0.3500000']) {
      expect(inquired('DLSBAMAN', { ...asked, interestRate }, [row])).toBe('succeeded');
    }
    for (const interestRate of ['0.3500001', '0.36', '3500000', 'x', '']) {
      expect(inquired('DLSBAMAN', { ...asked, interestRate }, [row])).toBe('unknown');
    }
  });

  it.each(Object.keys(asked))('another %s proves nothing, least of all a refusal', (name) => {
    const otherwise = name === 'interestRate' ? 3_600_000n : '2';
    expect(inquired('DLSBAMAN', asked, [{ ...row, [name]: otherwise }])).toBe('unknown');
    const { [name]: _, ...bare } = { ...row } as Row;
    expect(inquired('DLSBAMAN', asked, [bare])).toBe('unknown');
  });

  it('no fee is 0 in the request and empty in the row', () => {
    const { feeType: _, ...free } = row;
    expect(inquired('DLSBAMAN', { ...asked, feeType: '0' }, [free])).toBe('succeeded');
    expect(inquired('DLSBAMAN', { ...asked, feeType: '0' }, [row])).toBe('unknown');
    expect(inquired('DLSBAMAN', { ...asked, feeType: '2' }, [free])).toBe('unknown');
    // a fee we do not know is not no fee
    expect(inquired('DLSBAMAN', { ...asked, feeType: '' }, [free])).toBe('unknown');
  });

  it('a change that names no name proves nothing: the row of no name is not its row', () => {
    const { subAccNm: _, ...bare } = row;
    expect(inquired('DLSBAMAN', { ...asked, subAccNm: '' }, [bare])).toBe('unknown');
  });

  it('an account that is not open proves nothing', () => {
    for (const status of ['1', '2', '3', '8', '']) {
      expect(inquired('DLSBAMAN', asked, [{ ...row, status }])).toBe('unknown');
    }
  });
});

describe('orders that DLCIDSTT does not know', () => {
  it.each([
    ['DLWDLSUB', 'DLWDLDTL'],
    ['DLRFDSUB', 'DLRFDDTL'],
  ])('%s: the states of %s are strings of two characters', (code, query) => {
    expect(transaction(citic, code).inquiry).toMatchObject({ transaction: query });
    const mine = { orderNo: 'O2026010500000000001' };
    const found = (stt: string, status: string) => inquired(code, mine, [{ ...mine, stt, status }]);
    expect(found('01', 'AAAAAAA')).toBe('succeeded');
    expect(found('00', 'AAAAAAA')).toBe('pending');
    expect(found('02', 'DPRA003')).toBe('failed refused-by-bank');
    // what DLCIDSTT means by 0 (success) and 1 (failed) means nothing here
    for (const stt of ['0', '1', '2', '', '001', '10']) {
      expect(found(stt, 'AAAAAAA')).toBe('unknown');
      expect(found(stt, 'DPRA003')).toBe('unknown');
    }
    const other = { orderNo: 'O2026010500000000002', stt: '01', status: 'AAAAAAA' };
    expect(inquired(code, mine, [other])).toBe('unknown');
  });

  it('DLDRTSUB: one row with our serial as summary proves that it was done, and nothing proves that it was not', () => {
    const mine = { abstract: '20260105000000000001' };
    const found = (stt: string) => inquired('DLDRTSUB', mine, [{ ...mine, stt }]);
    expect(found('7')).toBe('succeeded');
    for (const stt of ['0', '2', '3', '4', '6']) expect(found(stt)).toBe('pending');
    for (const stt of ['1', '5', '8', '9', '', '07']) expect(found(stt)).toBe('unknown');
    const done = { ...mine, stt: '7' };
    expect(inquired('DLDRTSUB', mine, [done, done])).toBe('unknown');
    expect(inquired('DLDRTSUB', mine, [])).toBe('unknown');
    expect(inquired('DLDRTSUB', { abstract: '20260105000000000002' }, [done])).toBe('unknown');
    const { abstract: _, ...bare } = done;
    expect(inquired('DLDRTSUB', { abstract: '' }, [bare])).toBe('unknown');
  });
});

describe('the answer to a query', () => {
  const query = (status: string) => direct('DLSTRNDT', status);
  it.each([
    ['AAAAAAA', 'succeeded'],
    ['PBRA001', 'succeeded empty'],
    ['ES88363', 'succeeded empty'],
    ['ED11308', 'unknown throttled'],
    ['ED12002', 'unknown'],
    ['CCCCCCC', 'unknown'],
    ['AAAAAAE', 'unknown'],
    ['XX00001', 'failed refused-by-bank'],
  ])('%s: %s', (status, expected) => {
    expect(query(status)).toBe(expected);
  });
});

describe('patterns', () => {
  it('compare as strings: 00 is not 0, and nothing is a number', () => {
    expect(matches(citic, '0', '00')).toBe(false);
    expect(matches(citic, '0', '')).toBe(false);
    expect(matches(citic, '', '')).toBe(true);
  });

  it('a star stands for any rest, also an empty one; a list may stand in a list', () => {
    expect(matches(small, 'AB*', 'AB')).toBe(true);
    expect(matches(small, 'AB*', 'A')).toBe(false);
    expect(matches(small, '$family', 'ABX')).toBe(true);
    expect(matches(small, '$family', 'AAAAAAA')).toBe(true);
    expect(matches(small, '$family', 'BA')).toBe(false);
  });

  it('a list that does not exist matches nothing', () => {
    expect(matches(small, '$constructor', 'x')).toBe(false);
    expect(matches(small, '$__proto__', '')).toBe(false);
  });
});
