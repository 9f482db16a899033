/**
 * The admin side of the owner. On TCP, for machines: machine-door.ts. On a unix socket only its own user
 * can open, for people: what is unknown, what is known of one instruction, and what two of them decide.
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { YinqiError } from '../errors.ts';
import { adminError, checked } from './admin-errors.ts';
import { placeSocket } from './admin-socket.ts';
import { httpApp, ID_CHARS_MAX } from './http-app.ts';
import type { Log } from './log.ts';
import { cannotListen, openMachineDoor } from './machine-door.ts';
import type { Metrics } from './metrics.ts';
import type { Operator } from './operator.ts';
import { switchRoutes } from './switch-routes.ts';
import type { Switches } from './switches.ts';
import { words } from './words.ts';

export interface AdminOptions {
  readonly host: string;
  /** 0: any free port */
  readonly port: number;
  /** path of the unix socket */
  readonly socket: string;
  /** somebody who does not refuse at `socket` is dead all the same, and its place may be taken */
  readonly replaces?: boolean;
  readonly metrics: Pick<Metrics, 'text'>;
  readonly operator: Operator;
  readonly switches: Switches;
  /** The person of this name, whose token it is. Throws PERSON_UNKNOWN. */
  readonly personOf: (name: string, token: string) => string;
  readonly log: Log;
}

export interface Admin {
  readonly port: number;
  close(): Promise<void>;
}

const id = z.string().min(1).max(ID_CHARS_MAX);
const place = { link: z.string().min(1).max(31).optional(), source: z.string().max(31).optional() };
const where = z.strictObject({ ...place });
const nothing = z.strictObject({});
const evidence = words(8, 2_000);
const who = words(2, 80);

const wish = z.strictObject({
  action: z.enum(['resolve', 'close', 'accept', 'release']),
  subject: id.optional(),
  ...place,
  outcome: z.enum(['succeeded', 'failed']).optional(),
  /** what was seen and where, in words an auditor understands years later */
  evidence,
  who,
});
const approval = z.strictObject({ evidence: evidence.optional(), who });
const withdrawal = z.strictObject({ who });
const numbered = z.strictObject({ number: z.coerce.number().int().positive() });

/** Who decided and why stand in the journal; the log only says that somebody did. */
function deciding(app: FastifyInstance, { log, operator, personOf }: AdminOptions): void {
  /** The token is a header of the request: no path and no body that could be shown has it. */
  const known = (
    name: string,
    { authorization = '' }: { authorization?: string | undefined },
  ): string => personOf(name, authorization.replace(/^Bearer /, ''));
  const numberOf = (params: unknown) => checked(numbered, params, 'params').number;

  app.get('/proposals', async (request) => {
    checked(nothing, request.query, 'query');
    return { proposals: await operator.proposals() };
  });
  app.post('/proposals', async (request) => {
    const given = checked(wish, request.body ?? {}, 'body');
    if ((given.action === 'resolve') !== (given.outcome !== undefined)) {
      const code = given.outcome === undefined ? 'FIELD_MISSING' : 'FIELD_MUST_BE_EMPTY';
      throw new YinqiError(code, { path: 'body.outcome' });
    }
    const person = known(given.who, request.headers);
    const { proposal } = await operator.propose({ ...given, who: person });
    log.warn('proposed', { kind: given.action, record: proposal });
    return { proposal };
  });
  app.post('/proposals/:number/approve', async (request) => {
    const proposal = numberOf(request.params);
    const given = checked(approval, request.body ?? {}, 'body');
    const person = known(given.who, request.headers);
    const taken = await operator.approve({ ...given, proposal, who: person });
    const { outcome, record } = taken;
    log.warn('decided-by-two', { outcome, record });
    return taken;
  });
  app.post('/proposals/:number/withdraw', async (request) => {
    const proposal = numberOf(request.params);
    const given = checked(withdrawal, request.body ?? {}, 'body');
    const taken = await operator.withdraw({ proposal, who: known(given.who, request.headers) });
    log.warn('proposal-withdrawn', { record: taken.record });
    return taken;
  });
}

function forPeople(options: AdminOptions): FastifyInstance {
  const { log, operator } = options;
  const app = httpApp(log, 'socket');
  app.get('/healthz', () => ({ alive: true }));
  app.get('/unknown', async (request) => {
    checked(nothing, request.query, 'query');
    return { unknown: await operator.unknown() };
  });
  app.get('/pending', (request) => {
    checked(nothing, request.query, 'query');
    return { pending: operator.pending() };
  });
  app.get('/changes', async (request) => {
    checked(nothing, request.query, 'query');
    return { changes: await operator.changes() };
  });
  app.get('/contradictions', async (request) => {
    checked(nothing, request.query, 'query');
    return { contradictions: await operator.contradictions() };
  });
  app.get('/unclaimed', async (request) => {
    checked(nothing, request.query, 'query');
    return { unclaimed: await operator.unclaimed() };
  });
  app.get('/instructions/:id', async (request, reply) => {
    const { id: wanted } = checked(z.strictObject({ id }), request.params, 'params');
    const known = await operator.show({ id: wanted, ...checked(where, request.query, 'query') });
    return known ?? reply.code(404).send(adminError('INSTRUCTION_UNKNOWN', 'id'));
  });
  deciding(app, options);
  switchRoutes(app, log, options.switches);
  return app;
}

export async function startAdmin(options: AdminOptions): Promise<Admin> {
  const { operator, socket } = options;
  const people = forPeople(options);
  const listen = (path: string) => people.listen({ path });
  const remove = await placeSocket(socket, listen, options.replaces).catch(
    async (error: unknown) => {
      await people.close();
      throw cannotListen('admin.socket', error);
    },
  );
  const closePeople = async (): Promise<void> => {
    // gone from its place first: who comes now finds nothing instead of a door that closes
    await remove();
    await people.close();
  };
  const door = { ...options, role: 'owner' as const, setting: 'admin.port' };
  const machines = await openMachineDoor({
    ...door,
    notReady: () => operator.notReady(),
    notSending: () => operator.notSending(),
  }).catch(async (error: unknown) => {
    await closePeople();
    throw error;
  });
  const close = async (): Promise<void> => {
    await Promise.all([closePeople(), machines.close()]);
  };
  return { port: machines.port, close };
}
