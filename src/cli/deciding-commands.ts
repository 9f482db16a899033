/** What one person proposes and another approves, as the commands do it. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { YinqiError } from '../errors.ts';
import type { Wish } from '../ops/operator.ts';
import { tokenDigest } from '../people/persons.ts';
import { type At, approve, listProposals, propose, withdraw } from './daemon-client.ts';
import { asJson, type Json, type Reach, socketFrom } from './operator-commands.ts';
import { ageText, printable, table } from './table.ts';
import type { Terminal } from './terminal.ts';

const TOKEN_BYTES = 24;

export interface Who {
  readonly who?: string;
  readonly tokenFile?: string;
}
export interface ProposeOptions extends Reach, At, Who {
  readonly outcome: NonNullable<Wish['outcome']>;
  readonly evidence: string;
}
export interface ReleaseOptions extends Reach, Who {
  readonly evidence: string;
}
export interface ApproveOptions extends Reach, Who {
  readonly evidence?: string;
}
export interface WithdrawOptions extends Reach, Who {}

interface Speaker {
  readonly who: string;
  readonly token: string;
}

async function tokenOf(terminal: Terminal, who: string, file: string | undefined): Promise<string> {
  const given =
    file === undefined
      ? (terminal.env('YINQI_TOKEN') ?? (await terminal.secret(`token of ${printable(who)}: `)))
      : readFileSync(file, 'utf8');
  const token = given?.trim() ?? '';
  if (token !== '') return token;
  throw new YinqiError('FIELD_MISSING', { path: '--token-file', detail: 'or YINQI_TOKEN' });
}

/** The journal names a person for years: an account many people share is none. */
export async function speaker(terminal: Terminal, { tokenFile, who }: Who): Promise<Speaker> {
  const name = who ?? terminal.user();
  if (who === undefined && name === 'root') {
    throw new YinqiError('FIELD_MISSING', { path: '--who', detail: 'root is not a person' });
  }
  return { who: name, token: await tokenOf(terminal, name, tokenFile) };
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new YinqiError('FIELD_FORMAT', { path: 'proposal', detail: 'a number' });
}

/** Hands a wish over and says what must happen next. */
export async function proposing(
  terminal: Terminal,
  options: Reach & Who,
  wish: Omit<Wish, 'who'>,
): Promise<void> {
  const { who, token } = await speaker(terminal, options);
  const { proposal } = await propose(socketFrom(options), token, { ...wish, who });
  const next = `another person: yinqi resolve approve ${proposal}`;
  terminal.out(printable(`proposal ${proposal}, by ${who}; nothing has changed; ${next}`));
}

export const proposeOutcome = (
  terminal: Terminal,
  id: string,
  options: ProposeOptions,
): Promise<void> => {
  const { evidence, link, outcome, source } = options;
  return proposing(terminal, options, {
    action: 'resolve',
    subject: id,
    link,
    source,
    outcome,
    evidence,
  });
};

export const proposeRelease = (
  terminal: Terminal,
  link: string,
  options: ReleaseOptions,
): Promise<void> =>
  proposing(terminal, options, { action: 'release', link, evidence: options.evidence });

export async function approveProposal(
  terminal: Terminal,
  number: string,
  options: ApproveOptions,
): Promise<void> {
  const proposal = numberOf(number);
  const { evidence } = options;
  const { who, token } = await speaker(terminal, options);
  const taken = await approve(socketFrom(options), token, { proposal, evidence, who });
  const version = taken.version === undefined ? '' : `, version ${taken.version}`;
  terminal.out(printable(`${taken.outcome}${version}, approved by ${who}, record ${taken.record}`));
}

export async function withdrawProposal(
  terminal: Terminal,
  number: string,
  options: WithdrawOptions,
): Promise<void> {
  const proposal = numberOf(number);
  const { who, token } = await speaker(terminal, options);
  const { record } = await withdraw(socketFrom(options), token, { proposal, who });
  terminal.out(printable(`proposal ${proposal} is withdrawn by ${who}, record ${record}`));
}

const HEAD = ['PROPOSAL', 'AGE', 'STATE', 'LINK', 'ACTION', 'SUBJECT', 'OUTCOME', 'SEEN AS', 'WHO'];

export async function proposalList(terminal: Terminal, options: Reach & Json): Promise<void> {
  const lines = await listProposals(socketFrom(options));
  if (options.json) return terminal.out(asJson(lines));
  if (lines.length === 0) return terminal.out('nothing is proposed');
  const rows = lines.map((line) => [
    String(line.proposal),
    ageText(line.age),
    line.state,
    line.link,
    line.action,
    line.subject,
    line.outcome ?? '',
    line.seen,
    line.who,
    line.evidence,
  ]);
  terminal.out(table([...HEAD, 'EVIDENCE'], rows));
}

/** The token goes to the person and nowhere else; the config gets what it can be known by. */
export function newPerson(terminal: Terminal, name: string): void {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  terminal.err('The token, for this person only; it is shown once:');
  terminal.err(token);
  terminal.err('For the config:');
  terminal.out(stringify({ people: [{ name, tokenSha256: tokenDigest(token) }] }).trimEnd());
}
