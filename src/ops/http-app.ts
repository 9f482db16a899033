/** What both doors of the admin side have in common: limits, and how they say no. */
import fastify, { type FastifyInstance } from 'fastify';
import { adminError, refusalOf } from './admin-errors.ts';
import type { Log } from './log.ts';

const BODY_BYTES_MAX = 16 * 1024;
const REQUEST_MS_MAX = 10_000;
export const ID_CHARS_MAX = 120;

export function httpApp(log: Log, part: string): FastifyInstance {
  const app = fastify({
    // its own log lines show URLs and texts of errors; ours do not
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    exposeHeadRoutes: false,
    // a scraper that keeps its connection must not keep the daemon
    forceCloseConnections: true,
    routerOptions: { maxParamLength: ID_CHARS_MAX * 3 },
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(adminError('ROUTE_UNKNOWN')));
  app.setErrorHandler((error, _request, reply) => {
    const { status, body } = refusalOf(error);
    if (status >= 500) log.error('admin-failed', { kind: part, error });
    return reply.code(status).send(body);
  });
  return app;
}
