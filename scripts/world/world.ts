/**
 * A whole world in one directory: a private Redis, the mock bank and the gateway, each a process of its
 * own that can be killed and started again, and a ledger client in this process. The demo, the soak and
 * the end-to-end tests play in it.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Settings } from '../../mock-bank/bank/settings.ts';
import { remoteControl } from '../../mock-bank/control/client.ts';
import type { RemoteControl } from '../../mock-bank/control/routes.ts';
import { createLedgerClient, type LedgerClient } from '../../src/queue/client.ts';
import { type PrivateRedis, startRedis } from '../private-redis.ts';
import { lineOf, type Started, startProcess } from './processes.ts';

export const LINK = 'citic';
export const SOURCE = 'platform';
/** The main account and what belongs to it, as the mock bank begins. */
export const MAIN_ACCOUNT = '8110700000000000001';
export const MEMBER_PREFIX = '311070000000';
export const ADJUSTMENT_ACCOUNT = '3110700000000000091';

const BANK_WITHIN_MS = 15_000;
const GATEWAY_WITHIN_MS = 20_000;

export interface WorldOptions {
  readonly directory: string;
  /** where the compiled project is: `<dist>/src/main.js` */
  readonly dist: string;
  /** directory of the protocol specs */
  readonly specs: string;
  readonly bankSettings?: Partial<Settings>;
  /** merged over the link of the configuration */
  readonly link?: Record<string, unknown>;
  readonly source?: Record<string, unknown>;
  /** of /metrics; any free one by default */
  readonly adminPort?: number;
  readonly seed?: number;
}

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
  readonly controlPort: number;
  readonly #ledgers: LedgerClient[] = [];
  readonly #gateways: Started[] = [];

  private constructor(
    options: WorldOptions,
    redis: PrivateRedis,
    bank: { started: Started; port: number; control: number },
  ) {
    this.#options = options;
    this.directory = options.directory;
    this.redis = redis;
    this.bank = bank.started;
    this.bankPort = bank.port;
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
    const world = new World(options, redis, bank);
    world.#writeConfig();
    return world;
  }

  get configPath(): string {
    return join(this.directory, 'yinqi.yaml');
  }

  get journalDirectory(): string {
    return join(this.directory, 'journal');
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

  ledger(source = SOURCE): LedgerClient {
    const client = createLedgerClient({
      connection: { path: this.redis.socket },
      link: LINK,
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

  #writeConfig(path = this.configPath, journalDirectory = this.journalDirectory): void {
    const config = {
      specs: this.#options.specs,
      redis: { socket: this.redis.socket },
      journal: { directory: journalDirectory },
      admin: { port: this.#options.adminPort ?? 0 },
      links: [
        {
          name: LINK,
          spec: 'citic',
          host: '127.0.0.1',
          port: this.bankPort,
          settings: {
            userName: 'yinqi-demo',
            mainAccount: MAIN_ACCOUNT,
            adjustmentAccount: ADJUSTMENT_ACCOUNT,
            adjustmentAccountName: '公共调账账户',
            accountPrefix: MEMBER_PREFIX,
            branchNode: '701100',
            branch: '701',
          },
          businessRefInMemo: true,
          noSuchSerialIsFinal: { afterMs: 2_000, negatives: 2, source: 'mock bank contract' },
          ...this.#options.link,
        },
      ],
      sources: [{ name: SOURCE, links: { [LINK]: {} }, ...this.#options.source }],
    };
    writeFileSync(path, stringify(config), { mode: 0o600 });
  }
}

async function startBank(options: WorldOptions) {
  const logFile = join(options.directory, 'bank.log');
  const args = [
    ['--spec', join(options.specs, 'citic')],
    ['--settings', JSON.stringify(options.bankSettings ?? {})],
    ['--main-account', MAIN_ACCOUNT],
    ['--member-prefix', MEMBER_PREFIX],
    ['--seed', String(options.seed ?? 1)],
  ].flat();
  const started = startProcess(join(options.dist, 'mock-bank', 'main.js'), args, {
    logFile,
    cwd: options.dist,
  });
  const listening = (line: string) => {
    if (!line.startsWith('{"listening":true')) return undefined;
    return JSON.parse(line) as { port: number; control: number };
  };
  const ended = started.ended.then((how) => {
    throw new Error(`the bank ended with ${how}; see ${logFile}`);
  });
  const ports = await Promise.race([lineOf(started, listening, BANK_WITHIN_MS), ended]).catch(
    async (error: unknown) => {
      await started.kill();
      throw error;
    },
  );
  return { started, ...ports };
}
