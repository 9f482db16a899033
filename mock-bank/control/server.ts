/** The control API over HTTP and JSON. For tests and demos: it has no password and belongs on loopback. */
import Fastify, { type FastifyInstance } from 'fastify';
import { type Context, type InputFault, InputRefused } from './context.ts';
import { ROUTES, run } from './routes.ts';

const refused = (faults: readonly InputFault[]) => ({ error: 'input', faults });

export function controlServer(context: Context): FastifyInstance {
  const server = Fastify({ logger: false, forceCloseConnections: true });
  for (const route of Object.values(ROUTES)) {
    const { method, path: url } = route;
    server.route({
      method,
      url,
      handler: async ({ body, query }) => run(context, route, method === 'GET' ? query : body),
    });
  }
  server.setNotFoundHandler(async ({ method, url }, reply) => {
    const paths = Object.values(ROUTES).map((route) => `${route.method} ${route.path}`);
    const message = `${method} ${url.split('?')[0]} is none of: ${paths.join(', ')}`;
    return reply.code(404).send(refused([{ path: '', message }]));
  });
  server.setErrorHandler(async (error, _request, reply) => {
    if (error instanceof InputRefused) return reply.code(400).send(refused(error.faults));
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    const message = error instanceof Error ? error.message : 'unknown';
    return reply.code(status).send(refused([{ path: '', message }]));
  });
  return server;
}
