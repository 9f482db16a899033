/** An admin side in the test: its own folder, an operator that notes what it is asked, and two ways in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type Admin, type AdminOptions, startAdmin } from '../../src/ops/admin.ts';
import type { Operator, UnknownLine } from '../../src/ops/operator.ts';
import { createLog } from '../../src/ops/pino-log.ts';
import type { Switches } from '../../src/ops/switches.ts';
import { askSocket } from '../../src/ops/unix-http.ts';
import { personOf, tokenDigest } from '../../src/people/persons.ts';

export const TOKEN = 'only Li Si has this';

export const LINE: UnknownLine = {
  link: 'citic',
  source: 'erp',
  id: 'erp:P1',
  operation: 'transfer',
  phase: 'manual',
  age: 3_700,
  asked: 12,
  contradicted: false,
};

/** What one test has; made anew for each. */
export class Ground {
  readonly folder = mkdtempSync(join(tmpdir(), 'yinqi-admin-'));
  readonly socket = join(this.folder, 'admin.sock');
  readonly people = [{ name: 'Li Si', tokenSha256: tokenDigest(TOKEN) }];
  readonly asked: unknown[] = [];
  readonly lines: string[] = [];
  readonly operator: Operator = {
    unknown: async () => [LINE],
    show: async (at) => {
      this.asked.push(at);
      return at.id === 'P1' ? { phase: 'manual' } : undefined;
    },
    pending: () => [],
    contradictions: async () => [],
    unclaimed: async () => [],
    changes: async () => [],
    proposals: async () => [],
    propose: async (wish) => {
      this.asked.push(wish);
      return { proposal: 7 };
    },
    approve: async (approval) => {
      this.asked.push(approval);
      return { outcome: 'failed', version: 5, record: 9 };
    },
    withdraw: async (by) => {
      this.asked.push(by);
      return { record: 10 };
    },
    notReady: () => [],
    notSending: () => ['main: the hold file is there'],
  };
  readonly switches: Switches = {
    status: () => [],
    turn: async (turn) => {
      this.asked.push(turn);
      return [];
    },
  };
  readonly #open: Admin[] = [];

  async start(over: Partial<AdminOptions> = {}): Promise<Admin> {
    const admin = await startAdmin({
      host: '127.0.0.1',
      port: 0,
      socket: this.socket,
      metrics: { text: async () => 'yinqi_link_up 1\n' },
      operator: this.operator,
      switches: this.switches,
      personOf: (name, token) => personOf(this.people, name, token),
      log: createLog({ destination: { write: (line) => void this.lines.push(line) } }),
      ...over,
    });
    this.#open.push(admin);
    return admin;
  }

  async unix(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    token: string | undefined = TOKEN,
  ) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const { socket } = this;
    const given = body === undefined ? {} : { body: text };
    const answer = await askSocket({ socket, method, path, withinMs: 5_000, token, ...given });
    return { status: answer.status, json: JSON.parse(answer.text) as Record<string, unknown> };
  }

  async end(): Promise<void> {
    for (const admin of this.#open) await admin.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The ground of the test that runs. */
export function ground(): () => Ground {
  let now: Ground | undefined;
  beforeEach(() => {
    now = new Ground();
  });
  afterEach(() => now?.end());
  return () => {
    if (now === undefined) throw new Error('only inside a test');
    return now;
  };
}

export async function tcp(admin: Admin, path: string, init: RequestInit = {}) {
  const answer = await fetch(`http://127.0.0.1:${admin.port}${path}`, init);
  const type = answer.headers.get('content-type');
  return { status: answer.status, type, text: await answer.text() };
}
