/**
 * What somebody must look into and two people close: a final that the bank contradicts, an answer that
 * belongs to nothing we asked. Closing changes no result and sends nothing; it says that it was looked into.
 */
import { YinqiError } from '../../errors.ts';
import type { RecordOf } from '../../journal/records.ts';
import type { ContradictionLine, UnclaimedLine } from '../../ops/operator.ts';
import type { Standing } from '../../people/dealings.ts';
import type { OpenMatters } from '../../people/open-matters.ts';
import type { LinkContext } from '../context.ts';
import type { Done, Matter } from './two-people.ts';

const LISTED_MAX = 1_000;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export class Closing implements Matter {
  readonly #ctx: LinkContext;

  constructor(ctx: LinkContext) {
    this.#ctx = ctx;
  }

  get #open(): OpenMatters {
    return this.#ctx.journal.index.matters(this.#ctx.link.name);
  }

  /** `subject`: `<source>:<id>` of a contradicted instruction, or the number of an unclaimed answer's record. */
  async standing(subject: string): Promise<Standing> {
    if (/^\d+$/.test(subject)) {
      const open = this.#open.unclaimed.has(Number(subject));
      return { open, as: open ? 'unclaimed' : 'no open unclaimed answer' };
    }
    const found = this.#open.contradictions.get(subject);
    if (found === undefined) return { open: false, as: 'not contradicted, or closed' };
    // what the bank says next is another contradiction
    return { open: true, as: `contradicted, record ${found.record}`, version: found.version };
  }

  /** The approval is the closing: the index takes it from the list with its record. */
  async carryOut(
    subject: string,
    decide: (standing: Standing) => Promise<RecordOf<'approval'>>,
  ): Promise<Done> {
    await decide(await this.standing(subject));
    return { outcome: 'closed' };
  }

  async contradictions(): Promise<ContradictionLine[]> {
    const lines: ContradictionLine[] = [];
    for (const [id, { record: n, since }] of [...this.#open.contradictions].slice(0, LISTED_MAX)) {
      const record = await this.#ctx.journal.read(n);
      if (record.kind !== 'contradiction') throw new YinqiError('DEFECT');
      const { message, source } = record;
      lines.push({
        link: this.#ctx.link.name,
        source,
        id: id.slice(source.length + 1),
        record: n,
        age: this.#age(since),
        final: textOf(message.final),
        evidence: textOf(message.evidence),
        code: textOf(message.code),
        serial: textOf(message.serial),
      });
    }
    return lines;
  }

  async unclaimed(): Promise<UnclaimedLine[]> {
    const lines: UnclaimedLine[] = [];
    for (const [n, since] of [...this.#open.unclaimed].slice(0, LISTED_MAX)) {
      const record = await this.#ctx.journal.read(n);
      if (record.kind !== 'unclaimed') throw new YinqiError('DEFECT');
      const { bytes, digest, event, peer } = record;
      const age = this.#age(since);
      lines.push({ link: this.#ctx.link.name, record: n, age, event, peer, bytes, digest });
    }
    return lines;
  }

  #age = (since: number): number =>
    Math.max(0, Math.round((this.#ctx.clock.now().wall - since) / 1000));
}
