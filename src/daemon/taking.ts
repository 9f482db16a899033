/**
 * How this process comes to hold the journal directory: at once, or, where `journal.standby` says so, after
 * the death of the one that does. While it waits it is healthy and not ready, on a port of its own.
 */
import type { Config } from '../config.ts';
import type { Sources } from '../engine/clock.ts';
import { YinqiError } from '../errors.ts';
import type { Saying } from '../journal/fence.ts';
import type { Journal } from '../journal/journal.ts';
import { holdDirectory, type Ownership } from '../journal/ownership.ts';
import type { RecordOf } from '../journal/records.ts';
import { standBy, type Waiting } from '../journal/standby.ts';
import type { Log } from '../ops/log.ts';
import { type MachineDoor, openMachineDoor } from '../ops/machine-door.ts';
import type { Metrics } from '../ops/metrics.ts';

/** What is wrong is said again in so long. */
const AGAIN_MS = 60_000;
/** The port may be that of a standby that is taking over right now, or of a third process. */
const DOOR_AGAIN_MS = 1_000;

export interface TakingOptions {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly sources: Sources;
  /** SIGKILL to this pid; throws what the kernel says */
  readonly kill: (pid: number) => void;
}

export interface Taken {
  readonly ownership: Ownership;
  /** how the one before came to its end, for the record of why we may send */
  readonly after: NonNullable<RecordOf<'start'>['after']>;
}

/** The door of a process that waits; the port may be taken for a while. */
class WaitingDoor {
  readonly #open: () => Promise<MachineDoor>;
  readonly #log: Log;
  #door: MachineDoor | undefined;
  #opening: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #said = false;

  constructor(open: () => Promise<MachineDoor>, log: Log) {
    this.#open = open;
    this.#log = log;
    this.#try();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#opening;
    await this.#door?.close();
  }

  #try(): void {
    this.#opening = this.#open().then(
      (door) => {
        this.#door = door;
        this.#log.info('standby-door', { why: `health and metrics on port ${door.port}` });
      },
      (error: unknown) => {
        if (!this.#said) this.#log.warn('standby-door', { error });
        this.#said = true;
        if (!this.#closed) this.#timer = setTimeout(() => this.#try(), DOOR_AGAIN_MS);
      },
    );
  }
}

function sentence(waiting: Waiting): string {
  switch (waiting.for) {
    case 'owner':
      return `pid ${waiting.pid} holds the journal since ${waiting.since}`;
    case 'silent':
      return 'the owner of the journal does not answer';
    case 'killed':
      return `the owner of the journal, pid ${waiting.pid}, is being killed`;
    case 'frozen':
      return `the owner of the journal is frozen and lives: ${waiting.why}`;
  }
}

/** Logs what changed, and again and again what people have to end. */
class Watcher {
  readonly #options: TakingOptions;
  #kind = '';
  #saidAt = 0;
  now = 'looks for the owner of the journal';

  constructor(options: TakingOptions) {
    this.#options = options;
  }

  see(waiting: Waiting): void {
    const { config, log, metrics, sources } = this.#options;
    this.now = sentence(waiting);
    metrics.ownerFrozen(waiting.for === 'frozen');
    const at = sources.mono();
    const again = waiting.for === 'frozen' && at - this.#saidAt > AGAIN_MS;
    // one answer that a busy machine made late is nothing to tell
    const briefly = waiting.for === 'silent' && waiting.ms < config.journal.ownerSilentMs / 2;
    if (briefly || (waiting.for === this.#kind && !again)) return;
    this.#kind = waiting.for;
    this.#saidAt = at;
    if (waiting.for === 'owner') log.info('standby', { why: this.now });
    else if (waiting.for === 'silent') log.warn('owner-silent', { why: this.now });
    else if (waiting.for === 'killed') log.warn('owner-killed', { why: this.now });
    else log.error('owner-frozen', { why: this.now });
  }
}

async function wait(options: TakingOptions): Promise<Taken> {
  const { config, kill, log, metrics, sources } = options;
  const { directory, ownerSilentMs } = config.journal;
  const watcher = new Watcher(options);
  const { host, standbyPort } = config.admin;
  const door = new WaitingDoor(
    () =>
      openMachineDoor({
        host,
        port: standbyPort,
        setting: 'admin.standbyPort',
        role: 'standby',
        metrics,
        notReady: () => [`standby: ${watcher.now}`],
        notSending: () => [],
        log,
      }),
    log,
  );
  try {
    const ownership = await standBy(directory, {
      ownerSilentMs,
      kill,
      mono: sources.mono,
      onWaiting: (waiting) => watcher.see(waiting),
    });
    const { fencedBy, killed } = ownership;
    const after = fencedBy.length > 0 ? 'fenced' : killed ? 'killed' : 'waited';
    log.warn('took-over', { why: after });
    return { ownership, after };
  } finally {
    metrics.ownerFrozen(false);
    await door.close();
  }
}

/** Throws JOURNAL_HELD where it is held and we are no standby. */
export async function takeJournal(options: TakingOptions): Promise<Taken> {
  const { config, metrics } = options;
  const { directory, standby } = config.journal;
  metrics.owner(false);
  const taken = await holdDirectory(directory).then(
    (ownership): Taken => ({
      ownership,
      after: ownership.fencedBy.length > 0 ? 'fenced' : 'alone',
    }),
    (error: unknown) => {
      const held = error instanceof YinqiError && error.code === 'JOURNAL_HELD';
      if (standby && held) return wait(options);
      throw error;
    },
  );
  metrics.owner(true);
  return taken;
}

/** Two people's word is why this process may send: it stands in the journal before anything is judged. */
export async function recordFence(
  journal: Journal,
  links: readonly { readonly name: string }[],
  fencedBy: readonly Saying[],
): Promise<void> {
  if (fencedBy.length === 0) return;
  const who = fencedBy.map((one) => one.who).join(', ');
  const why = fencedBy.map((one) => one.why).join('; ');
  const said = { kind: 'operator', what: 'fence', of: 'process', who, why } as const;
  await journal.append(
    links.map(({ name }) => ({ ...said, link: name, watermark: journal.highestWatermark(name) })),
  );
}
