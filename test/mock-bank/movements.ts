/** One good order of every movement this bank plays, so that a test can try them all alike. */
import type { Values } from '../../src/protocol/message.ts';
import {
  adjustment,
  ask,
  buyer,
  type Ground,
  group,
  main,
  payout,
  seller,
  transfer,
} from './support.ts';

/** Prepares what the order needs and answers its fields; every one moves 50.00 or 100.00. */
type Order = (bank: Ground, serial: string) => Values | Promise<Values>;

interface Case {
  readonly order: Order;
  /** the ordinary answer */
  readonly code: 'AAAAAAA' | 'AAAAAAE';
}

const now = (order: Order): Case => ({ order, code: 'AAAAAAA' });
const later = (order: Order): Case => ({ order, code: 'AAAAAAE' });

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
};
