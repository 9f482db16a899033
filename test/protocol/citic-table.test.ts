/** CITIC's transactions seen as one table: which there are, what asks about each, and what may be shown of them. */
import { describe, expect, it } from 'vitest';
import { inquiryRulesFor } from '../../src/protocol/judge.ts';
import { isList, typeOf } from '../../src/protocol/layout.ts';
import type { Field, Transaction } from '../../src/protocol/spec.ts';
import { citic, transaction } from './ground.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** The manual of the sub-account family (M1). */
const subAccounts = words(`
  DLBREGSN DLSASQRY DLSBAMAN DLOLCACC DLSBALQR DLSTRNDT DLPTDTQY DLSFRZQR DLSAFQRY DLMDETRN DLFRNOQR
  DLFCSOUT DLCIDSTT DLSUBTRN DLFONDIN DLFNDOUT DLTRSFIN DLWFDRTN DLFNDINI DLGTYRTN DLIRTCAL DLIRTSTL
  DLBSAQRY DLPGOSTT DLSESMDN DLDRTSUB DLDPBQRY DLDPDQRY DLWDLSUB DLWDLDTL DLRFDSUB DLRFDDTL DLSGDSTR
`);
/** The manual of main accounts and cash management (M2). */
const mainAccounts = words(`
  DLBALQRY DLTRNALL DLTRNCOL DLTRNDET DLHBLQRY DLINETRN DLOUTTRN DLEXPENS DLEDDRSQ DLEDCDTD DLBNKCOD
  DLWRKDAY DLACCCHK DLOBKQRY DLTGIQRY DLCTNSUB DLSINSUB DLINISUB DLMIXSUB DLSUBINF DLSUBBAL DLSUBDTL
  DLRELPRY DLSUBBLH
`);

/** What asks about an order, and where the manual says that it may. Whatever is not here is a query. */
const inquiries: Record<string, readonly string[]> = {
  // the list of `type` in the table of DLCIDSTT (M1), and the one for main accounts (M2, appendix 4.5)
  DLCIDSTT: words(`
    DLFNDINI DLTRSFIN DLWFDRTN DLFONDIN DLFNDOUT DLGTYRTN DLSUBTRN DLMDETRN DLFCSOUT DLIRTSTL
    DLINETRN DLOUTTRN DLEXPENS DLCTNSUB DLSINSUB DLINISUB DLMIXSUB
  `),
  // no serial: the state of the account itself
  DLSASQRY: ['DLBREGSN', 'DLSBAMAN', 'DLOLCACC'],
  // their own result queries, by clientID
  DLWDLDTL: ['DLWDLSUB'],
  DLRFDDTL: ['DLRFDSUB'],
  // by the looks of a row
  DLDPBQRY: ['DLDRTSUB'],
  // people
  none: ['DLSGDSTR'],
};

const all = [...citic.transactions.values()];
const orders = all.filter((one) => one.kind !== 'query');
const askedBy = ({ inquiry }: Transaction): string =>
  typeof inquiry === 'object' ? inquiry.transaction : (inquiry ?? 'nothing');

interface Placed {
  readonly place: string;
  readonly field: Field;
}

/** Every field of a transaction, in lists too. */
function fieldsOf(one: Transaction): Placed[] {
  return (['request', 'answer'] as const).flatMap((side) =>
    one[side]
      .flatMap((part) => (isList(part) ? part.fields : [part]))
      .map((field) => ({ place: `${one.code} ${side} ${field.name}`, field })),
  );
}
const fields = all.flatMap(fieldsOf);
const placesOf = (found: readonly Placed[]): string[] => found.map(({ place }) => place);

describe('the transactions', () => {
  it('are the 57 of the two manuals', () => {
    expect([...citic.transactions.keys()].sort()).toEqual([...subAccounts, ...mainAccounts].sort());
    expect(citic.transactions.size).toBe(57);
  });

  it('are orders where they have an inquiry or say that there is none, and queries where not', () => {
    const named = Object.values(inquiries).flat();
    expect(orders.map(({ code }) => code).sort()).toEqual(named.sort());
    expect(new Set(named).size).toBe(named.length);
  });
});

describe('what asks about an order', () => {
  it.each(Object.entries(inquiries))('%s', (query, codes) => {
    const asking = orders.filter((one) => askedBy(one) === query).map(({ code }) => code);
    expect(asking.sort()).toEqual([...codes].sort());
  });

  it.each(orders.map((one) => one.code))('%s: an inquiry with a table, or none at all', (code) => {
    const { inquiry } = transaction(citic, code);
    if (typeof inquiry !== 'object') expect(inquiry).toBe('none');
    else expect(inquiryRulesFor(citic, inquiry)?.length).toBeGreaterThan(1);
  });

  it('DLCIDSTT is told the serial and the code; without the code it may look at another order', () => {
    for (const { inquiry } of orders) {
      if (typeof inquiry !== 'object' || inquiry.transaction !== 'DLCIDSTT') continue;
      expect(inquiry.request).toEqual({ clientID: '$serial', type: '$transaction' });
    }
  });

  it('is asked by our serial where the order carried one', () => {
    const serials = orders.filter((one) =>
      fieldsOf(one).some(({ field }) => field.name === 'clientID'),
    );
    const without = orders.filter((one) => !serials.includes(one)).map(({ code }) => code);
    expect(without.sort()).toEqual(['DLBREGSN', 'DLOLCACC', 'DLSBAMAN']);
    const asked = serials.filter(({ inquiry }) => JSON.stringify(inquiry)?.includes('$serial'));
    const others = serials.filter((one) => !asked.includes(one)).map(({ code }) => code);
    expect(others.sort()).toEqual(['DLSGDSTR']);
  });
});

describe('a field', () => {
  it('that is needed now and then says when, or that the manual does not say', () => {
    const silent = fields.filter(
      ({ field: { need, requiredWhen, emptyWhen, oneOf, unstated } }) =>
        need === 'conditional' && !requiredWhen && !emptyWhen && !oneOf && !unstated,
    );
    expect(placesOf(silent)).toEqual([]);
  });

  it('that is needed unstatedly tells what is known', () => {
    const silent = fields.filter(({ field }) => field.unstated && !field.note);
    expect(placesOf(silent)).toEqual([]);
  });

  it('of money has a mask', () => {
    const money = ({ type }: Field) => {
      const what = typeOf(type);
      return what.kind === 'decimal' && what.scale === 2;
    };
    const bare = fields.filter(({ field }) => money(field) && field.mask !== 'amount');
    expect(placesOf(bare)).toEqual([]);
  });

  it('that names an account has the mask of one', () => {
    const named = fields.filter(({ field }) => /(账号|账户|尾号|卡号)$/.test(field.zh));
    const bare = named.filter(({ field }) => field.mask !== 'account');
    expect(named.length).toBeGreaterThan(100);
    expect(placesOf(bare)).toEqual([]);
  });

  it('that names somebody has the mask of a name', () => {
    const named = fields.filter(({ field }) =>
      /(账户名称?|客户名称|法人名称|姓名|户名)$/.test(field.zh),
    );
    const bare = named.filter(({ field }) => field.mask !== 'name');
    expect(named.length).toBeGreaterThan(60);
    expect(placesOf(bare)).toEqual([]);
  });

  it('that may say anything, or proves who somebody is, has a mask', () => {
    const open = /(摘要|备注|附言|用途|意见|地址|电话|证件号码?|登录名|预留字段|文件内容|信息)$/;
    const bare = fields.filter(({ field }) => open.test(field.zh) && field.mask === 'none');
    expect(placesOf(bare)).toEqual([]);
  });

  it('called clientID in an order is ours to set, and in a question is what is asked', () => {
    for (const one of all) {
      const serial = one.request.find((part) => !isList(part) && part.name === 'clientID');
      if (serial === undefined || isList(serial)) continue;
      expect([one.code, serial.owned ?? false]).toEqual([one.code, one.kind !== 'query']);
    }
  });

  it('called stt is text with its own meanings in every answer: 0, 01 and 7 all say success', () => {
    const successes = fields
      .filter(({ place, field }) => field.name === 'stt' && place.includes(' answer '))
      .map(({ place, field }) => {
        const good = Object.entries(field.values ?? {}).filter(([, what]) => what === 'success');
        return [place.split(' ')[0], good.map(([value]) => value)];
      });
    expect(Object.fromEntries(successes)).toMatchObject({
      DLCIDSTT: ['0'],
      DLWDLDTL: ['01'],
      DLRFDDTL: ['01'],
      DLDPBQRY: ['7'],
    });
  });
});
