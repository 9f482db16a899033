/** What the tests of the journal stand on: a directory, records, and a disk that fails when told to. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Disk, type DiskFile, realDisk } from '../../src/journal/disk.ts';
import { type Journal, type JournalOptions, openJournal } from '../../src/journal/journal.ts';
import type { JournalRecord, NewRecord, RecordOf } from '../../src/journal/records.ts';

export const LINK = 'citic-1';
export const AT = new Date('2026-03-02T01:02:03.004Z');

export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'yinqi-journal-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'journal');
}

export const open = (directory: string, options: Partial<JournalOptions> = {}): Promise<Journal> =>
  openJournal(directory, {
    now: () => AT,
    onFatal: (error) => {
      throw error;
    },
    ...options,
  });

type New<K extends JournalRecord['kind']> = Omit<RecordOf<K>, 'n' | 'at'>;
type Given<K extends JournalRecord['kind']> = Partial<Omit<New<K>, 'kind'>>;

const base = { link: LINK, watermark: 1 };

export const send = (id: string, given: Given<'send'> = {}): New<'send'> => ({
  ...base,
  kind: 'send',
  id,
  attempt: 1,
  epoch: 1,
  serial: `S${id}`,
  transaction: 'DLMDETRN',
  peer: '127.0.0.1:6789',
  spec: 'spec',
  request: Buffer.from(`<${id}>`).toString('base64'),
  intent: {
    v: 1,
    id,
    link: LINK,
    source: 'erp',
    digest: `digest of ${id}`,
    operation: 'transfer',
    transaction: 'DLMDETRN',
    kind: 'movement',
    serial: `S${id}`,
    day: '20260302',
    acceptedAt: AT.getTime(),
    envelope: {
      v: 1,
      id: 'A1',
      operation: 'transfer',
      body: { amount: '1.00', name: '张三' },
      createdAt: '2026-03-02T09:00:00+08:00',
      expiresAt: '2026-03-03T09:00:00+08:00',
    },
  },
  ...given,
});
export const notWritten = (id: string, given: Given<'not-written'> = {}): New<'not-written'> => ({
  ...base,
  kind: 'not-written',
  id,
  attempt: 1,
  why: 'late',
  ...given,
});
export const answer = (id: string, given: Given<'answer'> = {}): New<'answer'> => ({
  ...base,
  kind: 'answer',
  id,
  attempt: 1,
  about: 'direct',
  transaction: 'DLMDETRN',
  peer: '127.0.0.1:6789',
  spec: 'spec',
  body: Buffer.from('<answer/>').toString('base64'),
  ...given,
});
export const outcome = (id: string, given: Given<'outcome'> = {}): New<'outcome'> => ({
  ...base,
  kind: 'outcome',
  id,
  source: 'erp',
  digest: `digest of ${id}`,
  version: 7,
  message: { outcome: 'succeeded' },
  ...given,
});
const wish = {
  action: 'resolve' as const,
  outcome: 'failed' as const,
  evidence: 'the bank wrote so',
  seen: { as: 'manual', version: 6 },
};
export const proposal = (id: string, given: Given<'proposal'> = {}): New<'proposal'> => ({
  ...base,
  kind: 'proposal',
  ...wish,
  subject: id,
  id,
  who: 'Li Hua',
  ...given,
});
/** By which two people resolve an instruction. */
export const approval = (id: string, given: Given<'approval'> = {}): New<'approval'> => ({
  ...base,
  kind: 'approval',
  ...wish,
  subject: id,
  id,
  who: 'Wang Fang',
  proposedBy: 'Li Hua',
  proposal: 1,
  ...given,
});
export const notice = (id: string, given: Given<'notice'> = {}): New<'notice'> => ({
  ...base,
  kind: 'notice',
  id,
  source: 'erp',
  account: '1',
  day: '20260302',
  key: 'k',
  digest: 'd',
  message: {},
  ...given,
});

/** `count` sends with fresh ids from `from` on. */
export const sends = (count: number, from = 1): NewRecord[] =>
  Array.from({ length: count }, (_, i) => send(`i${from + i}`));

export async function ids(journal: Pick<Journal, 'records'>): Promise<string[]> {
  const found: string[] = [];
  for await (const record of journal.records())
    found.push(('id' in record ? record.id : undefined) ?? record.kind);
  return found;
}

export const files = (directory: string): string[] => readdirSync(directory).sort();
export const DAY = '20260302';
export const segment = (directory: string, number = 1, day = DAY): string =>
  join(directory, `journal-${String(number).padStart(6, '0')}-${day}.jsonl`);
export const lines = (path: string): Buffer[] => {
  const content = readFileSync(path);
  const found: Buffer[] = [];
  for (let at = 0; at < content.length; ) {
    const end = content.indexOf(0x0a, at) + 1 || content.length;
    found.push(content.subarray(at, end));
    at = end;
  }
  return found;
};

export type Verb = keyof Disk | keyof DiskFile;
export type Fault =
  /** the verb fails, having done nothing */
  | 'before'
  /** it fails, having done everything */
  | 'after'
  /** half of the bytes are written, and it says so */
  | 'short';

class DiskError extends Error {
  readonly code = 'EIO';
}

/**
 * The real disk, counting every step. `plan` says of each step whether it fails; with `dead`, nothing
 * works from then on, as for a process that was killed there.
 */
export class FakeDisk implements Disk {
  readonly steps: Verb[] = [];
  plan: (verb: Verb, step: number) => Fault | undefined = () => undefined;
  dead = false;
  #killed = false;

  count(verb: Verb): number {
    return this.steps.filter((step) => step === verb).length;
  }

  create: Disk['create'] = (path) =>
    this.#step('create', async () => this.#file(await realDisk.create(path)));
  open: Disk['open'] = async (path, how) => this.#file(await realDisk.open(path, how));
  rename: Disk['rename'] = (from, to) => this.#step('rename', () => realDisk.rename(from, to));
  syncDirectory: Disk['syncDirectory'] = (path) =>
    this.#step('syncDirectory', () => realDisk.syncDirectory(path));
  // what changes nothing that must last is not counted
  read = realDisk.read;
  list = realDisk.list;
  remove = realDisk.remove;
  makeDirectory = realDisk.makeDirectory;

  #file(file: DiskFile): DiskFile {
    return {
      write: (bytes, position) =>
        this.#step('write', (short) =>
          file.write(short ? bytes.subarray(0, bytes.length >> 1) : bytes, position),
        ),
      datasync: () => this.#step('datasync', () => file.datasync()),
      truncate: (length) => this.#step('truncate', () => file.truncate(length)),
      read: (length, position) => file.read(length, position),
      close: () => file.close(),
    };
  }

  async #step<T>(verb: Verb, act: (short: boolean) => Promise<T>): Promise<T> {
    if (this.#killed) throw new DiskError('dead');
    const fault = this.plan(verb, this.steps.length);
    this.steps.push(verb);
    if (fault !== undefined) this.#killed = this.dead;
    if (fault === 'before') throw new DiskError(verb);
    const done = await act(fault === 'short');
    if (fault === 'after' && verb === 'create') await (done as DiskFile).close();
    if (fault === 'after') throw new DiskError(verb);
    return done;
  }
}
