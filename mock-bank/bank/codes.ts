/**
 * The codes this bank answers with. Those of the facts where there is one; `MOCK…` where the facts name
 * none, so that nobody mistakes an invented code for the bank's.
 */
export interface Code {
  readonly code: string;
  readonly text: string;
}

const code = (value: string, text: string): Code => ({ code: value, text });

export const CODES = {
  done: code('AAAAAAA', '交易成功'),
  review: code('AAAAAAB', '经办成功待审核'),
  scheduled: code('AAAAAAC', '预约支付成功'),
  submitted: code('AAAAAAE', '已提交银行处理,请稍后使用交易状态查询交易进行查询'),
  processing: code('CCCCCCC', '交易处理中'),
  notMade: code('EEEEEEE', '交易未产生'),
  unknown: code('UNKNOWN', '交易状态未知'),
  loggingIn: code('ED12002', '系统登录中,请稍后再试'),
  noRecord: code('PBRA001', '没有符合条件的记录'),
  noRows: code('ES88363', '主机返回账户明细信息列表为空'),
  noSuchSerial: code('ED02083', '输入的客户流水号无制单信息,请检查输入项'),
  inProcess: code('ED02091', '该笔单子现处于主机处理中状态'),
  tooFrequent: code('ED11308', '交易行为异常,请联系技术人员'),
  insufficient: code('DPRA003', '账户可用余额不足'),
  noAmounts: code('ED01016', '输入的最小金额为空'),
  noPayer: code('ED02010', '付款账户不存在'),
  noPayee: code('ED03307', '收款账户不存在'),
  serialUsed: code('MOCK001', '模拟银行:客户流水号已使用'),
  wrongMain: code('MOCK002', '模拟银行:主体账号不符'),
  numberTaken: code('MOCK003', '模拟银行:附属账号已存在'),
  numberLength: code('MOCK004', '模拟银行:附属账号尾号位数不符'),
  user: code('MOCK005', '模拟银行:登录名不符'),
  serial: code('MOCK006', '模拟银行:客户流水号不合法'),
  amount: code('MOCK010', '模拟银行:金额不合法'),
  notNormal: code('MOCK011', '模拟银行:账户状态不正常'),
  sameAccount: code('MOCK012', '模拟银行:收付款账户相同'),
  payeeName: code('MOCK013', '模拟银行:收款账户名称不符'),
  tranType: code('MOCK014', '模拟银行:转账类型不支持'),
  schedule: code('MOCK015', '模拟银行:预约时间不合法'),
  noFreeze: code('MOCK020', '模拟银行:冻结编号不存在或已解冻'),
  freezeAmount: code('MOCK021', '模拟银行:金额与冻结金额不符'),
  freezeReturn: code('MOCK022', '模拟银行:解冻收款账户不符'),
  noEntry: code('MOCK030', '模拟银行:无此待调账记录'),
  entryAmount: code('MOCK031', '模拟银行:金额与待调账记录不符'),
  notAssigned: code('MOCK032', '模拟银行:该记录未调入此账户'),
  notEmpty: code('MOCK060', '模拟银行:账户有余额'),
  notBound: code('MOCK061', '模拟银行:收款账户不是绑定的结算账户'),
  accountType: code('MOCK062', '模拟银行:附属账户类型不符'),
  otherMember: code('MOCK063', '模拟银行:收付款账户不属同一会员'),
  noInterest: code('MOCK064', '模拟银行:无应付利息'),
  noOrder: code('MOCK065', '模拟银行:无此订单'),
  wentBack: code('MOCK066', '模拟银行:款项已退还'),
  reviewRefused: code('MOCK040', '模拟银行:审核拒绝'),
  withdrawn: code('MOCK041', '模拟银行:用户已撤销'),
  struck: code('MOCK043', '模拟银行:该流水号已确认不存在'),
  returned: code('MOCK042', '模拟银行:退汇'),
  notPerson: code('MOCK050', '模拟银行:收款账户不是个人账户'),
  bankSearch: code('MOCK051', '模拟银行:联行号与联行名称不能同时为空'),
  noAccount: code('MOCK052', '模拟银行:账户不存在'),
  noReceipt: code('MOCK053', '模拟银行:回单编号不存在'),
  unreadable: code('MOCK400', '模拟银行:报文不能识别'),
  notPlayed: code('MOCK404', '模拟银行:不支持此交易'),
} as const satisfies Record<string, Code>;

const known = new Map<string, Code>(Object.values(CODES).map((one) => [one.code, one]));

/** Any seven characters, with the text of the facts where they have one. */
export const anyCode = (value: string): Code =>
  known.get(value) ?? { code: value, text: '模拟银行:指定返回码' };

/** Refusals that the bank itself never saw, or that are none: these leave nothing in its order book. */
export const leavesNoTrace = (value: string): boolean =>
  /^(AAAAAA|BBBBBBB|CCCCCCC|EEEEEEE|UNKNOWN|ET|CF|CM|ED07018|ED1[0-2])/.test(value);
