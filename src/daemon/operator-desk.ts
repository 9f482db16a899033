/** The operators' questions over all links: finds the link and the source an id belongs to. */
import type { SourceConfig } from '../config.ts';
import type { TwoPeople } from '../engine/deciding/two-people.ts';
import type { LinkEngine } from '../engine/link-engine.ts';
import { YinqiError } from '../errors.ts';
import type {
  Approval,
  ChangeLine,
  ContradictionLine,
  Operator,
  PendingLine,
  ProposalLine,
  UnclaimedLine,
  UnknownLine,
  Wish,
} from '../ops/operator.ts';

interface Place {
  readonly engine: LinkEngine;
  readonly source: string;
}

export class OperatorDesk implements Operator {
  readonly #links: readonly LinkEngine[];
  readonly #sources: readonly SourceConfig[];
  readonly #processReasons: () => string[];

  constructor(
    links: readonly LinkEngine[],
    sources: readonly SourceConfig[],
    processReasons: () => string[],
  ) {
    this.#links = links;
    this.#sources = sources;
    this.#processReasons = processReasons;
  }

  async unknown(): Promise<UnknownLine[]> {
    const lines = await Promise.all(this.#links.map((link) => link.people.unknown()));
    return lines.flat().sort((a, b) => b.age - a.age);
  }

  async show(at: { id: string; link?: string | undefined; source?: string | undefined }) {
    const places = await this.#places(at);
    const [only] = places;
    if (only === undefined) return undefined;
    if (places.length > 1) throw several();
    return only.engine.people.show(only.source, at.id);
  }

  pending(): PendingLine[] {
    const lines = this.#links.flatMap(({ ctx, pending }) => pending.list(ctx.clock.now().wall));
    return lines.sort((a, b) => b.age - a.age);
  }

  async contradictions(): Promise<ContradictionLine[]> {
    const lines = await Promise.all(
      this.#links.map(({ deciding }) => deciding.closing.contradictions()),
    );
    return lines.flat().sort((a, b) => b.age - a.age);
  }

  async unclaimed(): Promise<UnclaimedLine[]> {
    const lines = await Promise.all(
      this.#links.map(({ deciding }) => deciding.closing.unclaimed()),
    );
    return lines.flat().sort((a, b) => b.age - a.age);
  }

  async changes(): Promise<ChangeLine[]> {
    return (
      await Promise.all(this.#links.map(({ deciding }) => deciding.accepting.changes()))
    ).flat();
  }

  async proposals(): Promise<ProposalLine[]> {
    const lines = await Promise.all(this.#links.map(({ deciding }) => deciding.twoPeople.list()));
    return lines.flat().sort((a, b) => a.proposal - b.proposal);
  }

  async propose(wish: Wish) {
    const { action, evidence, outcome, who } = wish;
    const { engine, ...about } = await this.#about(wish);
    const what = outcome === undefined ? {} : { outcome };
    const proposal = await engine.deciding.twoPeople.propose({
      action,
      ...about,
      ...what,
      evidence,
      who,
    });
    return { proposal: proposal.number };
  }

  async approve(approval: Approval) {
    return this.#with(approval.proposal).approve(approval);
  }

  async withdraw(by: { proposal: number; who: string }) {
    return { record: await this.#with(by.proposal).withdraw(by) };
  }

  notReady(): string[] {
    return [...this.#processReasons(), ...this.#links.flatMap((link) => link.notReady())];
  }

  #with(proposal: number): TwoPeople {
    const found = this.#links.find(({ deciding }) => deciding.twoPeople.knows(proposal));
    if (found === undefined) throw new YinqiError('PROPOSAL_UNKNOWN', { path: 'proposal' });
    return found.deciding.twoPeople;
  }

  /** The link it is about, and the subject as the journal names it. */
  async #about(wish: Wish): Promise<{ engine: LinkEngine; subject: string; id?: string }> {
    const { action, link, subject: id } = wish;
    if (action === 'release') return this.#linkOf(link);
    if (id === undefined) throw new YinqiError('FIELD_MISSING', { path: 'subject' });
    const byRecord = this.#ofRecord(action, id);
    if (byRecord !== undefined) return { engine: byRecord, subject: id };
    const places = await this.#places({ id, link: wish.link, source: wish.source });
    const [only] = places;
    if (only === undefined) throw new YinqiError('INSTRUCTION_UNKNOWN', { path: 'subject' });
    if (places.length > 1) throw several();
    const subject = `${only.source}:${id}`;
    return { engine: only.engine, subject, id: subject };
  }

  #linkOf(name: string | undefined): { engine: LinkEngine; subject: string } {
    const engine = this.#links.find(({ ctx }) => ctx.link.name === name);
    if (engine === undefined) throw new YinqiError('FIELD_CHOICE', { path: 'link' });
    return { engine, subject: engine.ctx.link.name };
  }

  notSending(): string[] {
    return this.#links.flatMap((link) => link.notSending());
  }

  /** The link whose record two people would close or accept. */
  #ofRecord(action: Wish['action'], subject: string): LinkEngine | undefined {
    if (!/^\d+$/.test(subject)) return undefined;
    return this.#links.find(({ ctx }) => {
      const { settings, unclaimed } = ctx.journal.index.matters(ctx.link.name);
      const open = action === 'accept' ? settings.open : unclaimed;
      return action !== 'resolve' && open.has(Number(subject));
    });
  }

  /** Two ledgers, or two links, may use the same id. */
  async #places(at: { id: string; link?: string | undefined; source?: string | undefined }) {
    const found: Place[] = [];
    for (const engine of this.#links) {
      const { link, store, journal } = engine.ctx;
      if (at.link !== undefined && at.link !== link.name) continue;
      for (const { name, links } of this.#sources) {
        if (at.source !== undefined && at.source !== name) continue;
        if (links[link.name] === undefined) continue;
        const id = `${name}:${at.id}`;
        const known = journal.known(link.name, id) !== undefined || (await store.held(id));
        if (known) found.push({ engine, source: name });
      }
    }
    return found;
  }
}

const several = () =>
  new YinqiError('NOT_ALLOWED', { path: 'source', detail: 'several fit: name link and source' });
