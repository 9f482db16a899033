/**
 * Banks, persons and holidays of this bank's own invention: no name, number or day here is a real one,
 * and nothing may be concluded from any of them.
 */

/** The branch that keeps every account of this ledger (开户行). */
export const OWN_BANK = '模拟银行营业部';

export interface OtherBank {
  readonly name: string;
  /** in the place of a CNAPS number (支付联行号) */
  readonly number: string;
  readonly bank: string;
  readonly province: string;
  readonly city: string;
  /** can be paid by large-value payment at night */
  readonly night: boolean;
}

const at = (number: string, city: string, branch: string, night: boolean): OtherBank => ({
  name: `模拟${branch}`,
  number,
  bank: `模拟${branch.slice(0, 4)}`,
  province: '模拟省',
  city,
  night,
});

export const BANKS: readonly OtherBank[] = [
  at('990100000017', '甲市', '第一银行甲市支行', true),
  at('990100000025', '乙市', '第一银行乙市支行', false),
  at('990200000016', '甲市', '第二银行甲市支行', true),
  at('990200000024', '丙市', '第二银行丙市支行', false),
  at('990300000015', '丙市', '第三银行丙市支行', false),
];

/** Members of online interbank payment (网银互联). */
export const MEMBERS: readonly { readonly name: string; readonly number: string }[] = [
  { name: '模拟第一银行', number: '990100' },
  { name: '模拟第二银行', number: '990200' },
];

const PERSONS = new Map([
  ['6200000000000000101', '模拟张三'],
  ['6200000000000000102', '模拟李四'],
]);

export const personNamed = (account: string): string | undefined => PERSONS.get(account);

/** mmdd */
const HOLIDAYS: readonly string[] = ['0101', '0501', '1001', '1002', '1003'];

/** Monday to Friday but for the holidays above; real calendars also work on some weekends. */
export function isWorkDay(day: string): boolean {
  const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`;
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !HOLIDAYS.includes(day.slice(4));
}
