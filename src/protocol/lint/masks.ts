/**
 * Fields that must not be shown as they are. Judged by the Chinese name, which every field has and which
 * banks use alike; an English abbreviation (`centerNm`, `recBankNo`) says much less.
 */
import type { Mask } from '../spec.ts';
import type { Place } from './place.ts';

const sensitive: readonly (readonly [RegExp, string])[] = [
  [/(账号|账号尾号|卡号)$/, 'an account number'],
  [/(证件号|证件号码|电话|手机号?码?)$/, 'an identity or phone number'],
  [/(账户名称|客户名称|会员名称|法人名称|姓名|户名)$/, 'a name'],
  [/(金额|余额|可用资金|透支额度)$/, 'an amount'],
  [/(地址|摘要|备注|附言|登录名)$/, 'free text about someone'],
  [/(密码|密钥)$/, 'a secret'],
];

export function lintMask(what: { readonly zh: string; readonly mask: Mask }, at: Place): void {
  if (what.mask !== 'none') return;
  const found = sensitive.find(([pattern]) => pattern.test(what.zh));
  if (found !== undefined) at.in('mask').fault(`is ${found[1]} by its Chinese name; needs a mask`);
}
