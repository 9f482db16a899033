/** Settings of Ping An's transactions: every point on which the facts are silent or disagree. */
import { z } from 'zod';
import { timerMsMax } from '../clock.ts';

const ms = z.number().int().min(0).max(timerMsMax);

export const pinganSettings = {
  /** Stt and batchSTT of a payment that is on its way: anything but 20 and 30 */
  pendingState: z
    .string()
    .regex(/^\d{2}$/)
    .default('40'),
  /** Yhcljg of a payment that is on its way */
  pendingText: z.string().default('MA9111:交易受理成功待处理'),
  /** BStt of a 4047 that is on its way: neither 3 nor 4 */
  payrollPending: z.string().default('2'),
  /** which of the two names 4013 gives to the mark of its last page */
  endFlag: z.enum(['EndFlag', 'IsEnded']).default('EndFlag'),
  /** must a trading site have signed in (1330) before money comes in or goes out? */
  signIn: z.enum(['needed', 'not-needed']).default('needed'),
  /** a sign-in after the sign-out of the same day */
  signInAgain: z.enum(['allow', 'ERR101']).default('allow'),
  /** ERR020 of 1324 and 1325 about one serial: with the row of a live message that says nothing, or without a body */
  noRecordBody: z.enum(['hollow', 'none']).default('hollow'),
  /** ThirdLogNo of a deposit in 1325: empty, that of the acknowledgement, or the serial of the bank's notice */
  depositSerial: z.enum(['empty', 'acknowledged', 'bank']).default('empty'),
  /** TranStatus in 1325 by serial of a withdrawal whose money came back */
  returnedStatus: z.enum(['0', '3']).default('3'),
  /** TranStatus in 6014 of an order on its way */
  jzbPending: z.enum(['2', '5', '6']).default('6'),
  /** the small amount (小额鉴权) that 6064 has to repeat, in yuan */
  smallAmount: z
    .string()
    .regex(/^\d+\.\d{2}$/)
    .default('0.11'),
  /** the code sent by SMS that 6067 has to repeat */
  smsCode: z.string().default('123456'),
  /** how long the bank waits for the merchant's answer to its packet */
  pushAnswerMs: ms.default(5000),
  /** how often it sends a packet again that was not answered, and how long it waits before */
  pushRepeats: z.number().int().min(0).max(100).default(0),
  pushRepeatMs: ms.default(1000),
  /** is a deposit told again after the merchant refused it (ERR074)? */
  pushAfterRefusal: z.enum(['no', 'yes']).default('no'),
} as const;
