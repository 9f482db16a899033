/**
 * A link whose settings were changed, where changes need approval: it takes instructions and talks to nobody,
 * neither sends nor asks nor reads statements, until two people have accepted each change. An answer from a front
 * end nobody has vouched for must not settle anything.
 */
import type { Line } from '../../bank/line.ts';
import { YinqiError } from '../../errors.ts';
import type { RecordOf } from '../../journal/records.ts';
import type { ChangeLine } from '../../ops/operator.ts';
import type { Standing } from '../../people/dealings.ts';
import type { LinkContext } from '../context.ts';
import type { Done, Matter } from './two-people.ts';

type Holding = Pick<LinkContext, 'journal' | 'link'>;

const settingsOf = ({ journal, link }: Holding) => journal.index.matters(link.name).settings;

/** Undefined where nothing waits to be accepted; else what, for people. */
export function whyNotAccepted(ctx: Holding): string | undefined {
  const { open } = settingsOf(ctx);
  if (open.size === 0) return undefined;
  return `changed and not accepted: ${[...open.values()].map(({ what }) => what).join(', ')}`;
}

/** The line, as long as all is accepted. */
export function lineWhileAccepted(line: Line, ctx: Holding): Line {
  return {
    get peer() {
      return line.peer;
    },
    get up() {
      return line.up;
    },
    numbers: line.numbers,
    connect: async (use) => {
      const why = whyNotAccepted(ctx);
      if (why !== undefined) throw new YinqiError('PEER_UNREACHABLE', { detail: why });
      return line.connect(use);
    },
    start: () => {
      if (whyNotAccepted(ctx) === undefined) line.start?.();
    },
    close: () => line.close(),
  };
}

export class Accepting implements Matter {
  readonly #ctx: LinkContext;
  /** all is accepted */
  readonly #accepted: () => void;

  constructor(ctx: LinkContext, accepted: () => void) {
    this.#ctx = ctx;
    this.#accepted = accepted;
  }

  /** `subject`: number of the record of the change. */
  async standing(subject: string): Promise<Standing> {
    const change = settingsOf(this.#ctx).open.get(Number(subject));
    if (change === undefined) return { open: false, as: 'no open change' };
    return { open: true, as: `${change.what} ${change.digest}` };
  }

  /** The approval is the acceptance: the index takes the change from the list with its record. */
  async carryOut(
    subject: string,
    decide: (standing: Standing) => Promise<RecordOf<'approval'>>,
  ): Promise<Done> {
    const { n } = await decide(await this.standing(subject));
    const { link, log } = this.#ctx;
    log.warn('change-accepted', { link: link.name, record: n });
    if (whyNotAccepted(this.#ctx) === undefined) this.#accepted();
    return { outcome: 'accepted' };
  }

  async changes(): Promise<ChangeLine[]> {
    const { clock, journal, link } = this.#ctx;
    const lines: ChangeLine[] = [];
    for (const [n, { since, what }] of settingsOf(this.#ctx).open) {
      const record = await journal.read(n);
      if (record.kind !== 'change') throw new YinqiError('DEFECT');
      const { before = '', digest, values } = record;
      const age = Math.max(0, Math.round((clock.now().wall - since) / 1000));
      const known = values === undefined ? {} : { values };
      lines.push({ link: link.name, record: n, age, what, before, digest, ...known });
    }
    return lines;
  }
}
