/**
 * The door on TCP, for machines: is the process alive, can it take work, its metrics. Nothing here changes
 * anything or shows an instruction. The owner of the journal has one, and so has a standby.
 */
import type { FastifyInstance } from 'fastify';
import { safeError, YinqiError } from '../errors.ts';
import { httpApp } from './http-app.ts';
import type { Log } from './log.ts';
import { maskText } from './mask.ts';
import type { Metrics } from './metrics.ts';

/** `owner`: holds the journal and works · `standby`: waits for the death of the one that does */
export type Role = 'owner' | 'standby';

export interface MachineDoorOptions {
  readonly host: string;
  /** 0: any free port */
  readonly port: number;
  /** the setting that names the port, for the fault */
  readonly setting: string;
  readonly role: Role;
  readonly metrics: Pick<Metrics, 'text'>;
  /** Why no work can be taken; empty: it can. */
  readonly notReady: () => string[];
  /** Why a link sends nothing new; shown, and no reason to restart or to send work elsewhere. */
  readonly notSending: () => string[];
  readonly log: Log;
}

export interface MachineDoor {
  readonly port: number;
  close(): Promise<void>;
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

function reasonsOf(look: () => string[]): string[] {
  try {
    return look().map((reason) => maskText(reason));
  } catch (error) {
    return [safeError(error).sentence];
  }
}

function routes({ log, metrics, notReady, notSending, role }: MachineDoorOptions): FastifyInstance {
  const app = httpApp(log, 'tcp');
  app.get('/healthz', () => ({ alive: true }));
  app.get('/readyz', (_request, reply) => {
    const reasons = reasonsOf(notReady);
    return reply
      .code(reasons.length === 0 ? 200 : 503)
      .send({ ready: reasons.length === 0, role, reasons, notSending: reasonsOf(notSending) });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(METRICS_TYPE).send(await metrics.text()),
  );
  return app;
}

export function cannotListen(path: string, error: unknown): YinqiError {
  if (error instanceof YinqiError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new YinqiError('CONFIG_INVALID', { path, detail: code, cause: error });
}

/** Throws CONFIG_INVALID when the port is taken. */
export async function openMachineDoor(options: MachineDoorOptions): Promise<MachineDoor> {
  const { host, port, setting } = options;
  const app = routes(options);
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw cannotListen(setting, error);
  }
  const [address] = app.addresses();
  return {
    port: typeof address === 'object' ? address.port : port,
    close: async () => {
      await app.close();
    },
  };
}
