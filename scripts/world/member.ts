/** What the worlds of demo, soak and tests order: a member's opening, and the account at another bank it is bound to. */

export const PAYOUT_ACCOUNT = '6225880137721234';

export const payoutTo = (name: string, account = PAYOUT_ACCOUNT) => ({
  account,
  name,
  sameBank: false,
  bankCode: '308290003020',
  bankName: '招商银行上海分行',
});

export const openingOf = (name: string, account?: string) => ({
  name,
  legalPerson: '王建国',
  certificateType: '5',
  certificate: '91310000MA1FL0000X',
  address: '上海市浦东新区世纪大道1号',
  contact: '李晓明',
  phone: '13800000000',
  email: 'finance@example.com',
  payout: payoutTo(name, account),
});
