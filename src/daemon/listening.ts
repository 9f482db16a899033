/** The door of a link that its bank may come through, opened once the link has started. */
import { readFileSync } from 'node:fs';
import { type Listener, openListener } from '../bank/listener.ts';
import { framerOf } from '../protocol/framing/framer.ts';
import type { OpenLink } from './links.ts';

/** Undefined where the link listens nowhere. */
export async function listenFor({ engine }: OpenLink): Promise<Listener | undefined> {
  const { link, log, metrics, spec, timers } = engine.ctx;
  const { listen } = link;
  if (listen === undefined) return undefined;
  const { tls: files, host, port, allow, connectionsMax } = listen;
  const { answerWithinMs, lingerMs, packetWithinMs } = listen;
  const tls =
    files === undefined
      ? {}
      : {
          tls: {
            cert: readFileSync(files.certFile),
            key: readFileSync(files.keyFile),
            ...(files.caFile === undefined ? {} : { ca: readFileSync(files.caFile) }),
          },
        };
  const listener = await openListener({
    host,
    port,
    allow,
    connectionsMax,
    answerWithinMs,
    lingerMs,
    packetWithinMs,
    ...tls,
    timers,
    framer: framerOf(spec.protocol, `${host}:${port}`),
    onPacket: (packet) => engine.onBankPacket(packet),
    onTurned: (why, fields) => {
      metrics.turned(link.name, why);
      log.warn('push-unanswered', { link: link.name, ...fields, why: fields.why ?? why });
    },
  });
  log.info('listening', { link: link.name, peer: `${host}:${listener.port}` });
  return listener;
}
