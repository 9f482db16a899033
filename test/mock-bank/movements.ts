/** One good order of every movement this bank plays, so that a test can try them all alike. */
import type { Values } from '../../src/protocol/message.ts';
import {
  adjustment,
  ask,
  buyer,
  day,
  type Ground,
  group,
  main,
  payout,
  seller,
  state,
  transfer,
} from './support.ts';

/** Prepares what the order needs and answers its fields; every one moves 50.00 or 100.00. */
type Order = (bank: Ground, serial: string) => Values | Promise<Values>;

type Stage =
  | 'none'
  | 'processing'
  | 'review'
  | 'scheduled'
  | 'booked'
  | 'failed'
  | 'refused'
  | 'withdrawn';

/** The inquiry that knows a movement, and what it says at each stage. */
export interface Inquiry {
  /** the transaction; `none`: no inquiry does, and the order book is looked at */
  readonly code: string;
  told(bank: Ground, serial: string, transaction: string): Promise<string>;
  readonly says: Readonly<Record<Stage, string>>;
}

interface Case {
  readonly order: Order;
  /** the ordinary answer */
  readonly code: 'AAAAAAA' | 'AAAAAAB' | 'AAAAAAE';
  readonly inquiry: Inquiry;
  /** by which its executions are counted, where the request carries no text */
  readonly obligation?: string;
}

const byState: Inquiry = {
  code: 'DLCIDSTT',
  told: ({ port }, serial, transaction) => state(port, serial, transaction),
  says: {
    none: ' ED02083',
    processing: '2 ED02091',
    review: '2 AAAAAAB',
    scheduled: '2 AAAAAAC',
    booked: '0 AAAAAAA',
    failed: '1 DPRA003',
    refused: '3 MOCK040',
    withdrawn: '4 MOCK041',
  },
};

const refundResult = (code: string): Inquiry => ({
  code,
  told: async ({ port }, clientID) => {
    const { fields, lists } = await ask(port, code, { clientID });
    const row = lists.userDataList?.[0];
    return row === undefined ? `outer ${fields.status}` : `${row.stt} ${row.status}`;
  },
  says: {
    none: 'outer PBRA001',
    processing: '00 ED02091',
    review: '00 AAAAAAB',
    scheduled: '00 AAAAAAC',
    booked: '01 AAAAAAA',
    failed: '02 DPRA003',
    refused: '02 MOCK040',
    withdrawn: '02 MOCK041',
  },
});

/** Found by its summary among all that were submitted. */
const orderForms: Inquiry = {
  code: 'DLDPBQRY',
  told: async ({ port }, serial) => {
    const { lists } = await ask(port, 'DLDPBQRY', { startDate: day, endDate: day });
    const rows = lists.userDataList ?? [];
    return String(rows.findLast((row) => row.abstract === `OBL-${serial}`)?.stt ?? 'none');
  },
  says: {
    none: 'none',
    processing: '6',
    review: '0',
    scheduled: '4',
    booked: '7',
    failed: '8',
    refused: '1',
    withdrawn: '9',
  },
};

const nobody: Inquiry = {
  code: 'none',
  told: async ({ control }, serial) => control.orders({ serial }).orders.at(-1)?.state ?? 'none',
  says: {
    none: 'none',
    processing: 'processing',
    review: 'review',
    scheduled: 'scheduled',
    booked: 'booked',
    failed: 'failed',
    refused: 'refused',
    withdrawn: 'withdrawn',
  },
};

const now = (order: Order, inquiry = byState): Case => ({ order, code: 'AAAAAAA', inquiry });
const later = (order: Order): Case => ({ order, code: 'AAAAAAE', inquiry: byState });

/** Money that waits on the adjustment account: its amount and the three parts of its key. */
function waiting(bank: Ground): { amount: string; parts: [string, string, string] } {
  const amount = '50.00';
  const { credits } = bank.control.injectCredit({ account: 'adjustment', amount });
  const entry = credits[0]?.entry;
  if (entry === undefined) throw new Error('no credit was made');
  return { amount, parts: [entry.date, entry.number, entry.sequence] };
}

function placed(bank: Ground, serial: string) {
  const { amount, parts } = waiting(bank);
  const [hostDate, hostFlw, hostSeq] = parts;
  const key = { tranAmt: amount, hostDate, hostFlw, hostSeq, memo: `OBL-${serial}` };
  return { key, payee: { recvAccNo: seller, recvAccNm: '示例卖方公司' } };
}

const assign: Order = (bank, serial) => {
  const { key, payee } = placed(bank, serial);
  return { clientID: serial, accountNo: adjustment, ...payee, ...key };
};

const takeBack: Order = async (bank, serial) => {
  const { key, payee } = placed(bank, serial);
  const first = { clientID: `${serial}-in`, accountNo: adjustment, ...payee, ...key };
  await ask(bank.port, 'DLTRSFIN', first);
  const back = { payAccNo: seller, recvAccNo: adjustment, recvAccNm: '公共调账账户' };
  return { clientID: serial, accountNo: main, ...back, ...key };
};

const mainOrder = (serial: string): Values => ({
  clientID: serial,
  preFlg: '0',
  payAccountNo: main,
  tranAmount: '50.00',
  abstract: `OBL-${serial}`,
});

const groupOrder = (serial: string): Values => ({
  clientID: serial,
  mainAccNo: main,
  payAccNo: buyer,
  recvAccNo: seller,
  recvAccNm: '示例卖方公司',
  tranAmt: '50.00',
  preFlg: '0',
  abstract: `OBL-${serial}`,
});

const settlement = '8110700000000000005';
const depositAccount = '3110700000000000041';

/** The buyer's deposit account, with money on it. */
function deposit({ control }: Ground): void {
  if (control.ledger().accounts.some(({ number }) => number === depositAccount)) return;
  const account = { number: depositAccount, name: '示例保证金', holder: '示例买方公司' };
  control.openAccount({ ...account, accType: '04', balance: '1000.00' });
}

/** A new order paid through the payment gateway; answers its number. */
function paid({ control }: Ground, kind: 'order' | 'bid' | 'top-up'): string {
  const number = `G${String(control.gatewayOrders().orders.length + 1).padStart(19, '0')}`;
  control.payOrder({ kind, number, amount: '50.00' });
  return number;
}

/** To or from the buyer; the names of the fields differ. */
const moved = (serial: string, more: Values): Values => ({
  clientID: serial,
  tranAmt: '50.00',
  memo: `OBL-${serial}`,
  ...more,
});

const bidReturn: Order = (bank, serial) => {
  bank.control.changeSettings({ bidReturnReviewMs: 500 });
  const mctJnlNo = paid(bank, 'bid');
  return { clientID: serial, retType: '0', mctJnlNo, abstract: `OBL-${serial}` };
};

const interestOrder: Order = async (bank, serial) => {
  const account = { mainAccNo: main, subAccNo: buyer };
  await ask(bank.port, 'DLSBAMAN', {
    ...account,
    autoAssignInterestFlag: '0',
    calInterestFlag: '1',
    interestRate: '36.0000000',
    autoAssignTranFeeFlag: '0',
    feeType: '0',
  });
  bank.clock.advance(86_400_000);
  return { clientID: serial, ...account };
};

export const MOVEMENTS: Readonly<Record<string, Case>> = {
  DLMDETRN: now((_, serial) => transfer(serial)),
  DLFCSOUT: later((_, serial) => payout(serial)),
  DLTRSFIN: now(assign),
  DLWFDRTN: now(takeBack),
  DLOUTTRN: now((_, serial) => ({
    ...mainOrder(serial),
    payType: '01',
    recAccountNo: '6200000000000000009',
    recAccountName: '示例收款公司',
    citicbankFlag: '0',
  })),
  DLEXPENS: now((_, serial) => ({
    ...mainOrder(serial),
    recAccountNo: '6200000000000000101',
    recAccountName: '模拟张三',
  })),
  DLINETRN: now((_, serial) => ({ ...mainOrder(serial), recAccountNo: group })),
  DLCTNSUB: now((_, serial) => ({
    ...groupOrder(serial),
    recvAccNo: '6200000000000000009',
    recvAccNm: '示例收款公司',
    sameBank: '1',
    tranType: '02',
  })),
  DLSINSUB: now((_, serial) => groupOrder(serial)),
  DLINISUB: now((_, serial) => groupOrder(serial)),
  DLMIXSUB: now((bank, serial) => {
    const { amount, parts } = waiting(bank);
    const [tranDate, tranNo, mixNo] = parts;
    const payee = { accountNo: adjustment, subAccNo: seller, subAccNm: '示例卖方公司' };
    const rest = { tranAmt: amount, preFlg: '0', abstract: `OBL-${serial}` };
    return { clientID: serial, ...payee, ...rest, tranDate, tranNo, mixNo };
  }),
  DLSUBTRN: now((_, serial) =>
    moved(serial, { payAccNo: buyer, recvAccNo: seller, recvAccNm: '示例卖方公司' }),
  ),
  DLFONDIN: now((_, serial) =>
    moved(serial, { accountNo: settlement, subAccNo: buyer, subAccNm: '示例买方公司' }),
  ),
  DLFNDOUT: later((_, serial) =>
    moved(serial, {
      accountNo: buyer,
      recvAccNo: settlement,
      recvAccNm: '商户结算账户',
      sameBank: '0',
      preFlg: '0',
    }),
  ),
  DLFNDINI: now((_, serial) =>
    moved(serial, {
      accountNo: '3110700000000000092',
      subAccNo: buyer,
      subAccNm: '示例买方公司',
    }),
  ),
  DLGTYRTN: now((bank, serial) => {
    deposit(bank);
    const accounts = { payAccNo: depositAccount, recvAccNo: buyer, recvAccNm: '示例买方公司' };
    return moved(serial, { accountNo: main, ...accounts });
  }),
  DLIRTSTL: { ...now(interestOrder), obligation: `结息 ${buyer}` },
  DLDRTSUB: { order: bidReturn, code: 'AAAAAAB', inquiry: orderForms },
  DLWDLSUB: now(
    (bank, serial) => moved(serial, { accountNo: settlement, orderNo: paid(bank, 'top-up') }),
    refundResult('DLWDLDTL'),
  ),
  DLRFDSUB: now(
    (bank, serial) => moved(serial, { accountNo: settlement, orderNo: paid(bank, 'order') }),
    refundResult('DLRFDDTL'),
  ),
  DLSGDSTR: now((bank, serial) => {
    deposit(bank);
    const buyers = { payAcc: buyer, payNm: '示例买方公司' };
    const held = { depoAcc: depositAccount, depoNm: '示例保证金' };
    const order = { clientID: serial, sceneFlag: 'demo', sgType: '00', tranAmt: '50.00' };
    return { ...order, ...held, ...buyers, resume: `OBL-${serial}` };
  }, nobody),
};
