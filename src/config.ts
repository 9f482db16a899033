/**
 * YAML + secrets → one frozen, validated object. Every fault is reported at once with its path; an
 * unknown key refuses to load. `docs/config.md` is checked against this file by a test.
 */
import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { z } from 'zod';
import { fault, readTwice } from './config-faults.ts';
import { link, name } from './config-link.ts';
import { Faults, type SafeError } from './errors.ts';
import { VALIDITY_MS_MAX } from './instruction/envelope.ts';
import { personKey } from './people/persons.ts';

const ms = z.number().int().positive();
const count = z.number().int().positive();

const redis = z.strictObject({
  url: z.string().optional().describe('redis://host:port; exactly one of url and socket'),
  socket: z.string().optional().describe('path of a unix socket'),
  passwordFile: z.string().optional().describe('file that holds the password and nothing else'),
  durability: z
    .enum(['checked', 'declared-by-operator'])
    .default('checked')
    .describe(
      'declared-by-operator: CONFIG is forbidden here and you vouch that appendfsync is always; if it is not, a crash of Redis can lose acknowledged instructions',
    ),
});

const journal = z.strictObject({
  directory: z.string().describe('goes where ownership goes; one process holds it'),
  segmentBytesMax: count
    .default(67_108_864)
    .describe('a new file of the journal is begun when one has passed this'),
  standby: z
    .boolean()
    .default(false)
    .describe(
      'a process that finds the directory held waits for the death of its owner and takes over; otherwise it ends with `JOURNAL_HELD`',
    ),
  ownerSilentMs: z
    .number()
    .int()
    .min(1_000)
    .default(10_000)
    .describe(
      'an owner on this machine that gives no answer for so long and does nothing is frozen: a standby kills it; one that is busy is given six times as long',
    ),
  freeBytesMin: z
    .number()
    .int()
    .nonnegative()
    .default(268_435_456)
    .describe('free space on its disk below which nothing is taken and nothing new is sent'),
  zone: z
    .string()
    .default('Asia/Shanghai')
    .describe(
      'business days of the journal: each is sealed when it is over, whatever the links say',
    ),
  encryption: z
    .strictObject({
      keyFile: z.string().describe('file of 32 bytes; it, or the other one, opens the journal'),
      escrowKeyFile: z
        .string()
        .optional()
        .describe('second such file, to be kept in a safe; needed only when the journal is made'),
    })
    .optional()
    .describe('AES-256-GCM of every record'),
});

const admin = z.strictObject({
  host: z
    .string()
    .default('127.0.0.1')
    .describe('address of /metrics, /healthz and /readyz; they show no instruction'),
  port: z.number().int().min(0).max(65_535).default(9464).describe('0: any free port'),
  standbyPort: z
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(9465)
    .describe(
      'the same routes for a process that stands by; it moves to `admin.port` when it takes over; 0: any free port',
    ),
  socket: z
    .string()
    .optional()
    .describe('unix socket for operator commands; default: admin.sock in the journal directory'),
});

const source = z.strictObject({
  name: name.describe('fixed for ever: queues, ids and journal records carry it'),
  links: z
    .record(
      z.string(),
      z.strictObject({
        operations: z
          .array(z.string())
          .default(['*'])
          .describe('what this ledger may order on the link'),
        notices: z.boolean().default(true).describe('whether it gets the notices of the link'),
      }),
    )
    .describe('link name → rights'),
  resultsBacklogMax: count
    .default(100_000)
    .describe('results nobody fetched: intake of this source stops above'),
});

const person = z.strictObject({
  name: z
    .string()
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]{2,80}$/u)
    .describe('as it stands in the journal for years'),
  tokenSha256: z
    .string()
    .regex(/^[\da-f]{64}$/)
    .describe('of a token only this person has; `yinqi person new` makes one'),
});

export const config = z.strictObject({
  specs: z.string().default('protocol-specs').describe('directory of protocol specs'),
  redis,
  journal,
  admin: admin.default(() => admin.parse({})),
  payloadBytesMax: count.default(65_536).describe('bytes of one instruction'),
  retentionMs: ms
    .default(3_024_000_000)
    .describe('how long a finished instruction is remembered in Redis (35 days)'),
  intakeMemoryShareMax: z
    .number()
    .min(0.1)
    .max(0.95)
    .default(0.7)
    .describe('share of Redis maxmemory above which intake stops'),
  claimMemoryShareMax: z
    .number()
    .min(0.1)
    .max(0.98)
    .default(0.8)
    .describe('share above which nothing new is sent'),
  fetchSilentMs: ms
    .default(60_000)
    .describe(
      'jobs wait and none is fetched for so long: not ready; twice as long: the process ends',
    ),
  deadLettersMax: count.default(1_000).describe('payloads that are not JSON, kept for people'),
  people: z
    .array(person)
    .default([])
    .describe('who may propose and approve decisions; with fewer than two nothing can be decided'),
  approveWithinMs: ms
    .default(86_400_000)
    .describe('a proposal that nobody else approves in this time is void'),
  changesNeedApproval: z
    .boolean()
    .default(false)
    .describe(
      'a link whose settings or spec differ from the last start talks to nobody until two people have accepted it',
    ),
  links: z.array(link).min(1),
  sources: z.array(source).min(1),
});

export type Config = z.infer<typeof config>;
export type { LinkConfig } from './config-link.ts';
export type SourceConfig = Config['sources'][number];

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What zod cannot see: names that must agree, and numbers that only make sense together. */
function crossFaults(parsed: Config): SafeError[] {
  const faults: SafeError[] = [];
  const links = new Set(parsed.links.map((one) => one.name));
  if ((parsed.redis.url === undefined) === (parsed.redis.socket === undefined)) {
    faults.push(fault('redis', 'exactly one of url and socket'));
  }
  if (links.size !== parsed.links.length) faults.push(fault('links', 'two links have one name'));
  faults.push(...readTwice(parsed.links));
  if (new Set(parsed.sources.map((one) => one.name)).size !== parsed.sources.length) {
    faults.push(fault('sources', 'two sources have one name'));
  }
  const distinct = (what: (one: Config['people'][number]) => string): boolean =>
    new Set(parsed.people.map(what)).size === parsed.people.length;
  if (!distinct(({ name }) => personKey(name))) {
    faults.push(fault('people', 'two people have one name'));
  }
  if (parsed.changesNeedApproval && parsed.people.length < 2) {
    faults.push(fault('changesNeedApproval', 'nobody could accept a change: two people at least'));
  }
  if (!distinct(({ tokenSha256 }) => tokenSha256)) {
    faults.push(fault('people', 'two people have one token'));
  }
  const { port, standbyPort } = parsed.admin;
  if (parsed.journal.standby && port !== 0 && port === standbyPort) {
    faults.push(fault('admin.standbyPort', 'not admin.port: two processes listen on one machine'));
  }
  if (parsed.retentionMs < VALIDITY_MS_MAX + 24 * 3_600_000) {
    faults.push(
      fault(
        'retentionMs',
        `at least ${VALIDITY_MS_MAX + 24 * 3_600_000}: an id must outlive its replay`,
      ),
    );
  }
  parsed.sources.forEach((one, i) => {
    for (const wanted of Object.keys(one.links)) {
      if (!links.has(wanted))
        faults.push(fault(`sources.${i}.links`, `no link is named ${wanted}`));
    }
  });
  if (!isZone(parsed.journal.zone)) {
    faults.push(fault('journal.zone', 'no time zone of this name'));
  }
  parsed.links.forEach((one, i) => {
    const needsTwo = one.ratePerMinute < 2;
    if (needsTwo)
      faults.push(fault(`links.${i}.ratePerMinute`, 'an order needs its inquiry: at least 2'));
    if (!isZone(one.zone)) faults.push(fault(`links.${i}.zone`, 'no time zone of this name'));
    if (one.lateUntilMs < one.answerWithinMs)
      faults.push(fault(`links.${i}.lateUntilMs`, 'not below answerWithinMs'));
    const asked = parsed.sources.find(({ name }) => name === one.questions);
    if (one.questions !== undefined && asked?.links[one.name] === undefined) {
      faults.push(fault(`links.${i}.questions`, 'no source of this name has the link'));
    }
    if (one.listen !== undefined && one.questionWithinMs >= one.listen.answerWithinMs) {
      faults.push(fault(`links.${i}.questionWithinMs`, 'below listen.answerWithinMs'));
    }
    const round =
      ((one.credits.accounts.length + (one.credits.mainStatement ? 1 : 0)) /
        (one.ratePerMinute * Math.max(one.sweepFloorShare, 0.05))) *
      60_000;
    if (round > one.credits.longestUnsweptMs) {
      faults.push(
        fault(
          `links.${i}.credits.accounts`,
          'a round over so many accounts takes longer than longestUnsweptMs',
        ),
      );
    }
  });
  return faults;
}
/** Parses and checks; throws Faults(CONFIG_INVALID). The digest is what journal records name. */
export function readConfig(text: string): Config & { digest: string } {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (cause) {
    throw new Faults('CONFIG_INVALID', [
      fault('', cause instanceof Error ? cause.name : 'not YAML'),
    ]);
  }
  const parsed = config.safeParse(raw);
  if (!parsed.success) {
    throw new Faults(
      'CONFIG_INVALID',
      parsed.error.issues.map((issue) =>
        fault(
          [...issue.path, ...('keys' in issue ? [issue.keys.join(',')] : [])].join('.'),
          issue.code === 'unrecognized_keys' ? 'no such setting' : issue.message,
        ),
      ),
    );
  }
  const faults = crossFaults(parsed.data);
  if (faults.length > 0) throw new Faults('CONFIG_INVALID', faults);
  const digest = createHash('sha256').update(JSON.stringify(parsed.data)).digest('hex');
  return Object.freeze({ ...parsed.data, digest });
}
