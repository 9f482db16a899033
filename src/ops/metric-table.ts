/**
 * Every metric of the gateway by name; `docs/metrics.md` is checked against this table in both
 * directions. Base units: seconds, entries. Labels are names of the config and of the spec.
 */
interface Row {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
}

export const METRIC_PREFIX = 'yinqi_';

/** From a front end on the same LAN to the deadline of an answer. */
const BANK_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
/** Our own part is a Redis turn or two and one fdatasync. */
const OWN_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export const METRICS = {
  yinqi_instructions_accepted_total: {
    type: 'counter',
    help: 'instructions taken over from a ledger',
    labels: ['link', 'operation'],
  },
  yinqi_requests_rejected_total: {
    type: 'counter',
    help: 'requests that were not taken, by why',
    labels: ['link', 'why'],
  },
  yinqi_instructions_settled_total: {
    type: 'counter',
    help: 'instructions that became final, by outcome',
    labels: ['link', 'operation', 'outcome'],
  },
  yinqi_contradictions_total: {
    type: 'counter',
    help: 'evidence that disagrees with a final already told to a ledger',
    labels: ['link'],
  },
  yinqi_unclaimed_answers_total: {
    type: 'counter',
    help: 'answers that belong to nothing we asked',
    labels: ['link'],
  },
  yinqi_notices_total: {
    type: 'counter',
    help: 'notices of inbound entries, by kind',
    labels: ['link', 'kind'],
  },
  yinqi_pushes_total: {
    type: 'counter',
    help: 'what the bank sent by itself, by what became of it: new, same, conflict, unreadable, not-stored',
    labels: ['link', 'transaction', 'was'],
  },
  yinqi_inbound_unanswered_total: {
    type: 'counter',
    help: 'connections of the bank to us that were closed without an answer, by why',
    labels: ['link', 'why'],
  },
  yinqi_throttled_total: {
    type: 'counter',
    help: 'answers that say we ask too often',
    labels: ['link'],
  },
  yinqi_sequence_gaps_total: {
    type: 'counter',
    help: 'gaps in the packet numbers of a session, by whose numbers they are',
    labels: ['link', 'from'],
  },
  yinqi_sign_ons_refused_total: {
    type: 'counter',
    help: 'sign-ons the bank has refused',
    labels: ['link'],
  },
  yinqi_bank_seconds: {
    type: 'histogram',
    help: 'from the write of a request to its answer',
    labels: ['link', 'transaction'],
    buckets: BANK_BUCKETS,
  },
  yinqi_own_seconds: {
    type: 'histogram',
    help: 'our own part: accept, send, settle',
    labels: ['link', 'step'],
    buckets: OWN_BUCKETS,
  },
  yinqi_link_up: {
    type: 'gauge',
    help: '1 while the front end answers',
    labels: ['link'],
  },
  yinqi_link_sending: {
    type: 'gauge',
    help: '1 while new orders may be sent',
    labels: ['link'],
  },
  yinqi_link_ask_only: {
    type: 'gauge',
    help: '1 while a journal is missing: the link asks and sends nothing',
    labels: ['link'],
  },
  yinqi_link_switch: {
    type: 'gauge',
    help: 'what people turned the link to: 0 run, 1 hold, 2 drain',
    labels: ['link'],
  },
  yinqi_link_open: {
    type: 'gauge',
    help: '1 within the business hours of the link',
    labels: ['link'],
  },
  yinqi_link_in_flight: {
    type: 'gauge',
    help: 'requests written and not answered',
    labels: ['link'],
  },
  yinqi_link_ready: {
    type: 'gauge',
    help: 'accepted instructions that could be sent now',
    labels: ['link'],
  },
  yinqi_link_doubtful: {
    type: 'gauge',
    help: 'instructions that are unknown or with people',
    labels: ['link'],
  },
  yinqi_link_oldest_unknown_seconds: {
    type: 'gauge',
    help: 'age of the oldest instruction that is unknown or with people',
    labels: ['link'],
  },
  yinqi_link_pending: {
    type: 'gauge',
    help: 'orders that the bank has and works on',
    labels: ['link'],
  },
  yinqi_link_oldest_pending_seconds: {
    type: 'gauge',
    help: 'age of the oldest order that the bank has and works on',
    labels: ['link'],
  },
  yinqi_link_open_contradictions: {
    type: 'gauge',
    help: 'finals that the bank contradicts and nobody has closed',
    labels: ['link'],
  },
  yinqi_link_oldest_contradiction_seconds: {
    type: 'gauge',
    help: 'age of the oldest contradiction that nobody has closed',
    labels: ['link'],
  },
  yinqi_link_open_unclaimed: {
    type: 'gauge',
    help: 'kept answers to nothing we asked that nobody has closed',
    labels: ['link'],
  },
  yinqi_link_oldest_unclaimed_seconds: {
    type: 'gauge',
    help: 'age of the oldest unclaimed answer that nobody has closed',
    labels: ['link'],
  },
  yinqi_link_outbox: {
    type: 'gauge',
    help: 'messages stored and not yet on their queue',
    labels: ['link'],
  },
  yinqi_link_longest_unswept_seconds: {
    type: 'gauge',
    help: 'time since the last sweep of the account that waits for longest',
    labels: ['link'],
  },
  yinqi_link_awaiting_confirmation: {
    type: 'gauge',
    help: 'money the bank announced and no statement has shown yet',
    labels: ['link'],
  },
  yinqi_link_oldest_awaiting_seconds: {
    type: 'gauge',
    help: 'age of the oldest announcement that no statement has shown yet',
    labels: ['link'],
  },
  yinqi_owner: {
    type: 'gauge',
    help: '1 while this process holds the journal, 0 while it stands by',
    labels: [],
  },
  yinqi_owner_frozen: {
    type: 'gauge',
    help: '1 while the owner of the journal neither answers nor can be killed by this standby',
    labels: [],
  },
  yinqi_journal_suspect_files: {
    type: 'gauge',
    help: 'files of the journal in which the last start found damage',
    labels: [],
  },
  yinqi_journal_sealing_fails: {
    type: 'gauge',
    help: '1 while a day that is over cannot be sealed',
    labels: [],
  },
  yinqi_results_backlog: {
    type: 'gauge',
    help: 'results a ledger has not fetched',
    labels: ['source'],
  },
  yinqi_journal_free_bytes: {
    type: 'gauge',
    help: 'free space on the disk of the journal',
    labels: [],
  },
  yinqi_journal_free_bytes_min: {
    type: 'gauge',
    help: 'free space below which nothing is taken and nothing new is sent',
    labels: [],
  },
} as const satisfies Record<string, Row>;

export type MetricName = keyof typeof METRICS;
