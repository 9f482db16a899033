/**
 * A whole world in one directory: a private Redis, the mock bank and the gateway, each a process of its
 * own that can be killed and started again, and a ledger client in this process. The demo, the soak and
 * the end-to-end tests play in it.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { remoteControl } from '../../mock-bank/control/client.ts';
import type { RemoteControl } from '../../mock-bank/control/routes.ts';
import { createLedgerClient, type LedgerClient } from '../../src/queue/client.ts';
import { type PrivateRedis, startRedis } from '../private-redis.ts';
import { type Listening, startBank } from './bank.ts';
import { configText } from './config.ts';
import { freePort } from './free-port.ts';
import { LINK, SOURCE, type WorldOptions } from './options.ts';
import { lineOf, type Started, startProcess } from './processes.ts';

const GATEWAY_WITHIN_MS = 60_000;

export interface Supervisor {
  readonly current: Started;
  /** how every gateway so far ended: a signal, or an exit code */
  readonly ends: readonly string[];
  /** SIGTERM, and wait for the end */
  stop(): Promise<void>;
}

export class World {
  readonly directory: string;
  readonly #options: WorldOptions;
  redis: PrivateRedis;
  readonly bank: Started;
  readonly control: RemoteControl;
  readonly bankPort: number;
  /** where the gateway reaches every front end, by the name its spec gives the bank */
  readonly bankPorts: Readonly<Record<string, number>>;
  /** where the gateway listens, by link */
  readonly listenPorts: Readonly<Record<string, number>>;
  readonly controlPort: number;
  readonly #ledgers: LedgerClient[] = [];
  readonly #gateways: Started[] = [];

  private constructor(
    options: WorldOptions,
    redis: PrivateRedis,
    bank: Listening & { started: Started },
    listenPorts: Record<string, number>,
  ) {
    this.#options = options;
    this.directory = options.directory;
    this.redis = redis;
    this.bank = bank.started;
    this.bankPort = bank.ports.citic ?? bank.port;
    this.bankPorts = bank.ports;
    this.listenPorts = listenPorts;
    this.controlPort = bank.control;
    this.control = remoteControl(`http://127.0.0.1:${bank.control}`);
  }

  static async start(options: WorldOptions): Promise<World> {
    rmSync(options.directory, { recursive: true, force: true });
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    const redis = await startRedis(join(options.directory, 'redis'));
    const bank = await startBank(options).catch(async (error: unknown) => {
      await redis.kill();
      throw error;
    });
    const listening = (options.others ?? []).filter(({ listens }) => listens === true);
    const ports = await Promise.all(listening.map(async ({ name }) => [name, await freePort()]));
    const { between = async (_bank: string, port: number) => port } = options;
    const reached = await Promise.all(
      Object.entries(bank.ports).map(async ([name, port]) => [name, await between(name, port)]),
    );
    const through = { ...bank, ports: Object.fromEntries(reached) };
    const world = new World(options, redis, through, Object.fromEntries(ports));
    world.#writeConfig();
    return world;
  }

  get configPath(): string {
    return join(this.directory, 'yinqi.yaml');
  }

  get journalDirectory(): string {
    return this.#options.journalDirectory ?? join(this.directory, 'journal');
  }

  get gatewayLog(): string {
    return join(this.directory, 'gateway.log');
  }

  /** The command line of the compiled project. */
  get program(): string {
    return join(this.#options.dist, 'src', 'main.js');
  }

  /**
   * Starts a gateway, by default the one of this world. `env` may arm a failpoint at which it kills itself.
   * Returns at once: see `untilStarted`.
   */
  startGateway(
    env: Record<string, string> = {},
    other: { config: string; logFile: string } = {
      config: this.configPath,
      logFile: this.gatewayLog,
    },
  ): Started {
    const gateway = startProcess(this.program, ['start', '--config', other.config], {
      logFile: other.logFile,
      env,
      cwd: this.#options.dist,
    });
    this.#gateways.push(gateway);
    return gateway;
  }

  /** Writes one more config that differs in where its journal is; answers its path. */
  configElsewhere(journalDirectory: string): string {
    const path = `${journalDirectory}.yaml`;
    this.#writeConfig(path, journalDirectory);
    return path;
  }

  /** Resolves when this gateway says that it has started; rejects if it ends before. */
  async untilStarted(gateway: Started): Promise<void> {
    const started = (line: string) => (line.includes('"event":"started"') ? true : undefined);
    const ended = gateway.ended.then((how) => {
      throw new Error(`the gateway ended with ${how}; see ${this.gatewayLog}`);
    });
    await Promise.race([lineOf(gateway, started, GATEWAY_WITHIN_MS), ended]);
  }

  /**
   * Keeps one gateway running: whatever ends it, the next one is started. `env` is asked before every
   * start, so that a test can arm a failpoint for the next run.
   */
  supervise(env: (run: number) => Record<string, string> = () => ({})): Supervisor {
    let run = 0;
    let stopped = false;
    let current = this.startGateway(env(run));
    const ends: string[] = [];
    const loop = (async () => {
      for (;;) {
        ends.push(await current.ended);
        if (stopped) return;
        run += 1;
        current = this.startGateway(env(run));
      }
    })();
    return {
      get current() {
        return current;
      },
      ends,
      stop: async () => {
        stopped = true;
        current.signal('SIGTERM');
        await loop;
      },
    };
  }

  ledger(source = SOURCE, link = LINK): LedgerClient {
    const client = createLedgerClient({
      connection: { path: this.redis.socket },
      link,
      source,
    });
    this.#ledgers.push(client);
    return client;
  }

  /** Redis dies and comes back on the same files; `meanwhile` may do something to them. */
  async restartRedis(meanwhile: () => void = () => undefined): Promise<void> {
    await this.redis.kill();
    meanwhile();
    this.redis = await startRedis(this.redis.directory);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#ledgers.map((ledger) => ledger.close().catch(() => undefined)));
    await Promise.all(this.#gateways.filter((one) => one.alive).map((one) => one.kill()));
    await this.bank.kill();
    await this.redis.kill();
  }

  #writeConfig(path = this.configPath, journal = this.journalDirectory): void {
    const { bankPort, bankPorts, listenPorts } = this;
    const places = { socket: this.redis.socket, journal, bankPort, bankPorts, listenPorts };
    writeFileSync(path, configText(this.#options, places), { mode: 0o600 });
  }
}
