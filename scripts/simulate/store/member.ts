/** What is known of a member, field by field: of each what came last, of the payout account what came first. */
import type { Member, MemberChange } from '../../../src/instruction/intent.ts';
import type { KnownMember } from './data.ts';
import type { Script } from './script.ts';

type Draft = { -readonly [Key in keyof Member]: Member[Key] };

/** `version`: of the change that says it */
export function keepMember(script: Script, said: MemberChange, version: number): void {
  const { account } = said;
  const known = script.part('members').get(account);
  script.put('members', account, merged(known, said, version));
}

function merged(known: KnownMember | undefined, said: MemberChange, version: number): KnownMember {
  const versions: Record<string, number> = { ...known?.versions };
  const { account } = said;
  const member: Draft = { ...(known?.member ?? { account, name: '', openedBy: '', since: '' }) };
  const isNews = (field: string): boolean => {
    if (version <= (versions[field] ?? -1)) return false;
    versions[field] = version;
    return true;
  };
  if (said.name !== undefined && isNews('name')) member.name = said.name;
  for (const [name, value] of Object.entries(said.bank ?? {})) {
    if (isNews(`bank.${name}`)) member.bank = { ...member.bank, [name]: value };
  }
  if (said.payout !== undefined) bind(member, versions, said, version);
  if (versions.opened === undefined || version < versions.opened) {
    versions.opened = version;
    member.openedBy = said.openedBy;
    member.since = said.since;
  }
  return { member, versions };
}

/** A payout account once bound stays, unless a change says that it binds another one. */
function bind(
  member: Draft,
  versions: Record<string, number>,
  said: MemberChange,
  version: number,
): void {
  const { payout, rebound } = versions;
  if (said.rebinds === true) {
    if (version <= (rebound ?? -1)) return;
    versions.rebound = version;
  } else {
    if (rebound !== undefined || (payout !== undefined && version >= payout)) return;
    versions.payout = version;
  }
  member.payout = said.payout;
}
