/** The switch of the links on the socket of the operators: how it stands, and turning it. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { checked } from './admin-errors.ts';
import type { Log } from './log.ts';
import type { Switches } from './switches.ts';
import { words } from './words.ts';

const turn = z.strictObject({
  state: z.enum(['run', 'hold', 'drain']),
  link: z.string().min(1).max(31).optional(),
  who: words(2, 80),
  why: words(2, 300),
});

/** Who turned it and why stand in the journal; the log says that somebody did. */
export function switchRoutes(app: FastifyInstance, log: Log, switches: Switches): void {
  app.get('/status', async (request) => {
    checked(z.strictObject({}), request.query, 'query');
    return { links: switches.status() };
  });
  app.post('/switch', async (request) => {
    const wanted = checked(turn, request.body ?? {}, 'body');
    const links = await switches.turn(wanted);
    log.warn('switch-turned', {
      kind: wanted.state,
      ...(wanted.link === undefined ? {} : { link: wanted.link }),
    });
    return { links };
  });
}
