/**
 * The words of Ping An for what the shared bank decides. Where the facts have none there is an invention
 * that begins with MOCK. Codes have six characters; in target 01 their texts begin with a colon.
 */
import { CODES, type Code } from '../bank/codes.ts';

const code = (value: string, text: string): Code => ({ code: value, text });

/** Codes of 交易资金 and 见证宝 that only they have. */
export const SITE = {
  noRecord: code('ERR020', '无符合条件记录'),
  taken: code('ERR023', '已开户'),
  notOpened: code('ERR024', '未开户'),
  supervised: code('ERR027', '监管账号错误'),
  notBound: code('ERR033', '出入金账户不匹配'),
  exists: code('ERR034', '已存在'),
  noMember: code('ERR041', '子账户不存在'),
  merchantRefused: code('ERR074', '交易网返回失败'),
  merchantSilent: code('ERR078', '银行前置与第三方通讯超时'),
  signedIn: code('ERR087', '不能重复签到'),
  signedOut: code('ERR088', '不能重复签退'),
  otherDay: code('ERR089', '日期不符'),
  notSignedIn: code('ERR091', '交易网未签到'),
  noOrder: code('MOCK65', '模拟银行:无此订单'),
  wrongCheck: code('MOCK67', '模拟银行:鉴权不符'),
  notRevocable: code('MOCK68', '模拟银行:不可撤销'),
  flag: code('MOCK69', '模拟银行:功能标志不支持'),
} as const satisfies Record<string, Code>;

/** Codes of 银企直连 that only it has. */
export const B2BI = {
  noRecord: code('YQ9996', '没有满足条件纪录'),
  batchUsed: code('YQ9962', '批量流水号重复'),
  tooMany: code('YQ9969', '笔数超限'),
  sums: code('YQ9966', '笔数金额不符'),
  parameters: code('YQ9993', '参数不对'),
} as const satisfies Record<string, Code>;

const words = (pairs: readonly (readonly [Code, Code])[]): ReadonlyMap<string, Code> =>
  new Map(pairs.map(([from, to]) => [from.code, to]));

const accepted = code('000000', '交易受理成功');

const B2BI_WORDS = words([
  [CODES.done, code('000000', '交易成功')],
  [CODES.submitted, accepted],
  [CODES.review, accepted],
  [CODES.scheduled, accepted],
  [CODES.processing, code('000000', '交易受理成功待处理')],
  [CODES.unknown, code('YQ9976', '后台通讯超时')],
  [CODES.noRecord, B2BI.noRecord],
  [CODES.noPayer, code('YQ9979', '付款账户错误')],
  [CODES.tooFrequent, code('YQ9971', '交易请求频率过高')],
  [CODES.amount, B2BI.parameters],
  [CODES.serial, B2BI.parameters],
  [CODES.unreadable, code('YQ9977', 'XML解析异常')],
  [CODES.notPlayed, code('YQ0000', '无法处理,核对交易码')],
  [CODES.insufficient, code('MOCK44', '模拟银行:账户余额不足')],
]);

const done = code('000000', '交易成功');

const SITE_WORDS = words([
  [CODES.done, done],
  [CODES.submitted, done],
  [CODES.review, done],
  [CODES.scheduled, done],
  [CODES.processing, done],
  [CODES.unknown, code('ERR957', '交易异常,请稍候查询交易结果')],
  [CODES.noRecord, SITE.noRecord],
  [CODES.noPayer, SITE.noMember],
  [CODES.noPayee, SITE.noMember],
  [CODES.notBound, SITE.notBound],
  [CODES.wrongMain, SITE.supervised],
  [CODES.payeeName, code('ERR060', '出金户名错误')],
  [CODES.amount, code('ERR042', '金额必须大于零')],
  [CODES.insufficient, code('ERR044', '可用余额不足')],
  [CODES.unreadable, code('ERR936', '要素不全')],
  [CODES.notPlayed, code('ERR935', '交易码不存在')],
]);

/** MOCK012 → MOCK12: an invention stays one, in six characters. */
const short = ({ code: value, text }: Code): Code =>
  code(value.length > 6 ? value.slice(0, 4) + value.slice(-2) : value, text);

export const siteCode = (given: Code): Code => SITE_WORDS.get(given.code) ?? short(given);

export function b2biCode(given: Code): Code {
  const { code: value, text } = B2BI_WORDS.get(given.code) ?? short(given);
  return code(value, text.startsWith(':') ? text : `:${text}`);
}
