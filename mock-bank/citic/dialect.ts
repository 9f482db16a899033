/** China CITIC Bank over HTTP: the codes of the shared bank are its own, for it was the first. */
import { CODES } from '../bank/codes.ts';
import { Repertoire } from '../bank/repertoire.ts';
import { memoOf, text } from '../bank/reply.ts';
import type { Dialect } from '../front/dialect.ts';
import { adjustments } from './adjustments.ts';
import { bidReturns } from './bid-returns.ts';
import { gatewayOrders } from './gateway-orders.ts';
import { groupAccounts } from './group-accounts.ts';
import { groupPayments } from './group-payments.ts';
import { innerTransfers } from './inner-transfers.ts';
import { inquiries } from './inquiries.ts';
import { interest } from './interest.ts';
import { lookUps } from './look-ups.ts';
import { mainBalances } from './main-balances.ts';
import { mainPayments } from './main-payments.ts';
import { mainStatements } from './main-statements.ts';
import { memberQueries } from './member-queries.ts';
import { members } from './members.ts';
import { payouts } from './payouts.ts';
import { receipts } from './receipts.ts';
import { reconciliation } from './reconciliation.ts';
import { refunds } from './refunds.ts';
import { settlement } from './settlement.ts';
import { statements } from './statements.ts';
import { transfers } from './transfers.ts';
import { upkeep } from './upkeep.ts';

export const citic: Dialect = {
  repertoire: new Repertoire([
    adjustments,
    bidReturns,
    gatewayOrders,
    groupAccounts,
    groupPayments,
    innerTransfers,
    inquiries,
    interest,
    lookUps,
    mainBalances,
    mainPayments,
    mainStatements,
    memberQueries,
    members,
    payouts,
    receipts,
    reconciliation,
    refunds,
    settlement,
    statements,
    transfers,
    upkeep,
  ]),
  /** the serial (客户流水号); where there is none, the account or the tail that is asked for */
  serialOf: (message) =>
    ['clientID', 'subAccNo', 'accountNo', 'accNo']
      .map((name) => text(message, name))
      .find((value) => value !== '') ?? '',
  memoOf,
  codeOf: (code) => code,
  refusal: ({ settings: { userName } }, message) =>
    userName !== null && text(message, 'userName') !== userName ? CODES.user : undefined,
};
