/** The shape of one link in a config: its front end, its settings, its limits, how it asks and sweeps. */
import { z } from 'zod';

const ms = z.number().int().positive();
const count = z.number().int().positive();
export const name = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/);
const digits = (least: number, most: number) =>
  z.string().regex(new RegExp(`^\\d{${least},${most}}$`));

const ladder = z.strictObject({
  firstMs: ms.default(2_000).describe('pause after the first inquiry, doubled each time'),
  maxMs: ms.default(60_000).describe('longest pause while unknown or pending'),
  manualAfterMs: ms
    .default(1_800_000)
    .describe('unknown for so long: people are called; asking goes on'),
  manualEveryMs: ms
    .default(600_000)
    .describe('pause between inquiries once with people, and while watching a failed one'),
  negativesMin: count
    .default(5)
    .describe(
      'N of the evidence table: so many "no such serial" in a row make an answered order failed, and bring any other to people where no written rule covers it',
    ),
  negativesWithinMs: ms
    .default(691_200_000)
    .describe('a "no such serial" about an order accepted longer ago proves nothing'),
});

const noSuchSerialIsFinal = z
  .strictObject({
    afterMs: ms.describe('monotonic time of one process run since the last byte'),
    negatives: count.describe('so many "no such serial" in a row'),
    source: z.string().min(8).describe("where the bank's own written rule stands"),
  })
  .describe('absent by default: an unanswered order the bank does not know goes to people');

const credits = z.strictObject({
  roundMs: ms.default(60_000).describe('a round over all accounts starts so often'),
  accounts: z
    .array(digits(5, 32))
    .default([])
    .describe('accounts swept besides the members the gateway opened'),
  allSubAccounts: z
    .boolean()
    .default(false)
    .describe(
      'one request without an account for all of them; no source confirms that the bank answers it so',
    ),
  mainStatement: z
    .boolean()
    .default(false)
    .describe(
      'the statement of the main account is swept too and told as main-credit; every page of it costs a request of each round',
    ),
  closeDayAfterMs: ms
    .default(21_600_000)
    .describe('the bank has closed a day so long after its midnight'),
  agreeAfterMs: ms
    .default(3_600_000)
    .describe('a day closes when two whole sweeps so far apart agree'),
  openDaysMax: count.default(31).describe('a day open for longer is reported and swept no more'),
  longestUnsweptMs: ms
    .default(900_000)
    .describe('a config whose round cannot visit every account in this time is refused'),
});

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

const hours = z
  .strictObject({
    from: clockTime.describe('new orders and changes leave from then on, in the zone of the link'),
    to: clockTime.describe('and no more from then on; before `from`: on the next day'),
  })
  .refine(({ from, to }) => from !== to, 'from and to are the same');

const octet = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const network = z
  .string()
  .regex(
    new RegExp(
      `^(${octet}(\\.${octet}){3}(/([0-2]?\\d|3[0-2]))?|[\\da-fA-F:]*:[\\da-fA-F:.]*(/\\d{1,3})?)$`,
    ),
  );

const listen = z.strictObject({
  host: z.string().describe('address of this machine that the bank knows'),
  port: z.number().int().min(0).max(65_535).describe('port that the bank knows'),
  allow: z
    .array(network)
    .min(1)
    .describe('addresses and networks of the front end; nobody else is let in'),
  tls: z
    .strictObject({
      certFile: z.string().describe('our certificate'),
      keyFile: z.string().describe('its key; only the user of the gateway may read it'),
      caFile: z.string().optional().describe('authorities that may sign for the front end'),
    })
    .optional(),
  packetWithinMs: ms
    .default(10_000)
    .describe('a connection whose packet is not whole by then is closed'),
  answerWithinMs: ms
    .default(30_000)
    .describe('a packet that is not stored by then is closed without an answer'),
  lingerMs: ms
    .default(5_000)
    .describe('an answered connection that the bank does not close is closed after'),
  connectionsMax: count.default(64).describe('connections open at once; more are closed'),
});

export const link = z.strictObject({
  name: name.describe('fixed for ever: queues, keys and journal records carry it'),
  spec: z.string().describe('folder under the spec directory'),
  host: z.string().describe('the front-end machine; one address, no balancer or proxy before it'),
  port: z.number().int().min(1).max(65_535).describe('its port'),
  tls: z
    .strictObject({
      caFile: z.string().optional().describe('authorities that may sign for the front end'),
      certFile: z.string().optional().describe('our certificate, where the bank asks for one'),
      keyFile: z.string().optional().describe('its key; only the user of the gateway may read it'),
      serverName: z.string().optional().describe('name in the certificate of the front end'),
    })
    .optional(),
  settings: z
    .record(z.string(), z.string())
    .describe("what the bank's spec asks of a link, by name"),
  charset: z.enum(['GBK', 'GB18030', 'UTF-8']).default('GBK').describe('of requests'),
  zone: z.string().default('Asia/Shanghai').describe("the bank's time zone"),
  businessHours: z
    .array(hours)
    .min(1)
    .optional()
    .describe('when the bank takes orders; absent: always'),
  businessRefInMemo: z
    .boolean()
    .default(false)
    .describe('the businessRef stands in the memo, before the memo of the body'),
  native: z
    .array(z.string())
    .default([])
    .describe('movements and changes that may be called by transaction code'),
  interim: z
    .enum(['all', 'unknown', 'none'])
    .default('unknown')
    .describe('which interim results are told'),
  connectWithinMs: ms
    .default(5_000)
    .describe('a connection, TLS included, that takes longer is given up; nothing was sent'),
  answerWithinMs: ms.default(60_000).describe('then the instruction is unknown and is asked about'),
  lateUntilMs: ms
    .default(600_000)
    .describe('a connection without an answer is read on for so long'),
  halfReadMs: ms
    .default(30_000)
    .describe('an answer whose first byte is there has so long to end; then it is broken'),
  sendWithinMs: ms.default(5_000).describe('a claim older than this is not written'),
  freeMaxMs: ms.default(5_000).describe('a connection that was never used is dropped after'),
  idleReuseMs: ms
    .default(10_000)
    .describe('a connection that carried only queries is kept so long'),
  backoffMaxMs: ms.default(5_000).describe('longest pause between two tries to connect'),
  window: count.default(1).describe('requests in flight'),
  ratePerMinute: count
    .default(120)
    .describe('requests of any kind; CITIC answers ED11308 when asked too often'),
  burst: count.default(10).describe('requests that may be saved up and sent at once'),
  sweepFloorShare: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.2)
    .describe('share of the rate that credit sweeps always get'),
  listen: listen.optional(),
  publishPushes: z
    .enum(['none', 'provisional'])
    .default('none')
    .describe('money the bank announces before its statement shows it is told as expected'),
  questions: name
    .optional()
    .describe('the source that answers what the bank asks; without one nobody does'),
  questionWithinMs: ms
    .default(20_000)
    .describe('an answer of the ledger that comes later is not written'),
  watchForMs: ms
    .default(86_400_000)
    .describe('an order failed by "no such serial" or by people is asked about for so long after'),
  leaseMs: ms.default(10_000).describe('lease in Redis; keeps Redis tidy, proves nothing'),
  statementRowsMax: count.default(1_000).describe('rows of one ledger query'),
  ladder: ladder.default(() => ladder.parse({})),
  noSuchSerialIsFinal: noSuchSerialIsFinal.optional(),
  credits: credits.default(() => credits.parse({})),
});

export type LinkConfig = z.infer<typeof link>;
