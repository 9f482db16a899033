/** Two people of a world, who decide through the gateway's socket as operators do: one proposes, the other approves. */
import type { ChangeLine, ProposalLine, UnknownLine, Wish } from '../../src/ops/operator.ts';
import { askSocket } from '../../src/ops/unix-http.ts';
import { tokenDigest } from '../../src/people/persons.ts';

const ASK_MS = 10_000;

interface WorldPerson {
  readonly name: string;
  readonly token: string;
}

export const FIRST: WorldPerson = { name: 'Li Hua', token: 'li-hua-knows-this-in-a-test-world' };
export const SECOND: WorldPerson = { name: 'Wang Fang', token: 'wang-fang-knows-this-in-a-test' };

/** What the config says of them. */
export const PEOPLE = [FIRST, SECOND].map(({ name, token }) => ({
  name,
  tokenSha256: tokenDigest(token),
}));

export interface Decided {
  readonly outcome: string;
  readonly record: number;
}

export interface TwoPeopleAtWork {
  /** Undefined: the gateway does not answer just now. */
  unknown(): Promise<UnknownLine[] | undefined>;
  /** Proposes and approves; goes on with a proposal that a kill has left. Undefined: not done, ask again. */
  /** The same for a change of settings. */
  acceptChanges(evidence: string): Promise<Decided[]>;
  resolve(
    id: string,
    outcome: 'succeeded' | 'failed',
    evidence: string,
  ): Promise<Decided | undefined>;
}

/** `socket`: admin socket of the gateway. */
export function twoPeople(socket: string): TwoPeopleAtWork {
  const ask = async (method: 'GET' | 'POST', path: string, by?: WorldPerson, body?: object) => {
    const given = body === undefined ? {} : { body: JSON.stringify({ ...body, who: by?.name }) };
    const asked = { socket, method, path, withinMs: ASK_MS, token: by?.token, ...given };
    const answer = await askSocket(asked).catch(() => undefined);
    return answer?.status === 200 ? (JSON.parse(answer.text) as unknown) : undefined;
  };
  const left = async (id: string, outcome: string): Promise<number | undefined> => {
    const known = (await ask('GET', '/proposals')) as { proposals: ProposalLine[] } | undefined;
    return known?.proposals.find(
      (one) => one.subject.endsWith(`:${id}`) && one.outcome === outcome && one.state === 'open',
    )?.proposal;
  };
  const both = async (wish: Omit<Wish, 'who'>, again?: () => Promise<number | undefined>) => {
    const made = (await ask('POST', '/proposals', FIRST, wish)) as { proposal: number } | undefined;
    const proposal = made?.proposal ?? (await again?.());
    if (proposal === undefined) return undefined;
    const approved = await ask('POST', `/proposals/${proposal}/approve`, SECOND, {});
    return approved as Decided | undefined;
  };
  return {
    unknown: async () =>
      ((await ask('GET', '/unknown')) as { unknown: UnknownLine[] } | undefined)?.unknown,
    acceptChanges: async (evidence) => {
      const known = (await ask('GET', '/changes')) as { changes: ChangeLine[] } | undefined;
      const accepted: Decided[] = [];
      for (const { record } of known?.changes ?? []) {
        const done = await both({ action: 'accept', subject: String(record), evidence });
        if (done !== undefined) accepted.push(done);
      }
      return accepted;
    },
    resolve: (id, outcome, evidence) =>
      both({ action: 'resolve', subject: id, outcome, evidence }, () => left(id, outcome)),
  };
}
