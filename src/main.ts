#!/usr/bin/env node
/**
 * The process: the only reader of `process.*`. It hands time, signals and failpoints to the daemon and
 * turns what cannot be repaired into an exit, because the next start repairs it.
 *
 * YINQI_FAILPOINT=<name>:<n>[:<signal>] sends this process SIGKILL, or another signal (SIGSTOP freezes it),
 * at the n-th passing of a failpoint (src/engine/context.ts); only tests set it.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { runCli } from './cli/cli.ts';
import { readConfig } from './config.ts';
import { holdByFile } from './daemon/switchboard.ts';
import type { Failpoint } from './engine/context.ts';
import { Faults, safeError } from './errors.ts';
import type { Log } from './ops/log.ts';
import { realTimers } from './timers.ts';

/** How long a stop waits for orders on their way. */
const STOP_WITHIN_MS = 20_000;
const EXIT_FATAL = 70;
/** A stop signal to oneself takes hold of the other threads in its own time; we stand still until it has us. */
const STOPPING_MS = 200;

function failpoints(armed: string | undefined): (at: Failpoint) => void {
  const [name, nth, signal = 'SIGKILL'] = (armed ?? '').split(':');
  let left = Number(nth ?? 1);
  return (at) => {
    if (at !== name) return;
    left -= 1;
    if (left !== 0) return;
    process.kill(process.pid, signal);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STOPPING_MS);
  };
}

function end(log: Log, error: unknown): never {
  const faults = error instanceof Faults ? error.faults : [];
  for (const { code, path, detail } of faults) {
    log.error('fault', {
      code,
      ...(path === undefined ? {} : { path }),
      ...(detail === undefined ? {} : { why: detail }),
    });
  }
  log.error('fatal', { code: safeError(error).code, error });
  process.exit(EXIT_FATAL);
}

/** Loaded for the daemon alone: an operator's command needs none of it, and would wait for it. */
const loadDaemon = () =>
  Promise.all([
    import('./daemon/daemon.ts'),
    import('./ops/pino-log.ts'),
    import('./ops/prom-metrics.ts'),
  ]);

async function start(configPath: string): Promise<void> {
  const [{ startDaemon }, { createLog }, { createMetrics }] = await loadDaemon();
  const log = createLog();
  // a standby holds nothing, and a start that is cut short is repaired by the next one
  let stop = (): void => process.exit(0);
  const stopFor = (signal: string): void => {
    log.info('stopping', { why: signal });
    stop();
  };
  let hold: (() => void) | undefined;
  try {
    process.on('SIGTERM', stopFor);
    process.on('SIGINT', stopFor);
    process.on('uncaughtException', (error) => end(log, error));
    process.on('unhandledRejection', (error) => end(log, error));
    process.on('SIGUSR2', () => hold?.());
    const config = readConfig(readFileSync(configPath, 'utf8'));
    hold = () => holdByFile(config.journal.directory);
    const daemon = await startDaemon({
      config,
      log,
      metrics: createMetrics({ links: config.links.map(({ name }) => name) }),
      sources: {
        wall: () => Date.now(),
        mono: () => performance.now(),
        run: randomBytes(8).toString('hex'),
      },
      timers: realTimers,
      failpoint: failpoints(process.env.YINQI_FAILPOINT),
      onFatal: (error) => end(log, error),
      onDrained: () => stopFor('drained'),
      kill: (pid) => void process.kill(pid, 'SIGKILL'),
    });
    const admin = `${config.admin.host}:${daemon.adminPort}`;
    log.info('started', { digest: config.digest, why: `health and metrics on ${admin}` });
    hold = () => daemon.hold();
    let stopping = false;
    stop = () => {
      if (stopping) return;
      stopping = true;
      daemon.stop(STOP_WITHIN_MS).then(
        () => process.exit(0),
        (error: unknown) => end(log, error),
      );
    };
  } catch (error) {
    end(log, error);
  }
}

process.exitCode = await runCli(process.argv, { start });
