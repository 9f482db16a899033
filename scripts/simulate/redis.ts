/**
 * One Redis and the clients on it. A script that arrived is executed whether or not its caller still lives;
 * a client whose connection broke sends everything unanswered again, in order (as ioredis does), also what
 * was executed; and a Redis that comes back may be an older one, or an empty one.
 */
import type { Chance } from './chance.ts';
import { Host } from './host.ts';
import { emptyQueues, promoted, type Queues, stalled } from './queues.ts';
import type { Scheduler } from './scheduler.ts';
import { type Carry, MemoryRedis } from './store/memory-store.ts';

const RECONNECT_MS = 40;
const LOCK_MS = 10_000;

interface Request {
  readonly name: string;
  readonly effect: () => unknown;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export interface Snapshot {
  readonly data: MemoryRedis['data'];
  readonly queues: Queues;
}

export class SimulatedRedis {
  readonly host = new Host('redis');
  readonly link: MemoryRedis;
  queues: Queues = emptyQueues;
  readonly #scheduler: Scheduler;
  readonly #latencyMs: () => number;
  readonly #clients = new Set<Client>();
  readonly #outside = new Host('outside');
  #held: Way[] = [];
  /** called when a job was added or came back */
  onJob: () => void = () => undefined;
  /** called when there may be something on the queues out */
  onOut: () => void = () => undefined;

  constructor(scheduler: Scheduler, time: () => number, latencyMs: () => number) {
    this.#scheduler = scheduler;
    this.#latencyMs = latencyMs;
    this.link = new MemoryRedis(time);
  }

  /** False: connections are refused. */
  up = true;
  /** counts the server's processes */
  life = 1;

  snapshot(): Snapshot {
    return { data: this.link.data, queues: this.queues };
  }

  /** Everything in it is as it was then; everything on its way is lost. */
  restore(snapshot: Snapshot): void {
    this.link.data = snapshot.data;
    this.queues = snapshot.queues;
  }

  flush(): void {
    this.link.flush();
    this.queues = emptyQueues;
  }

  /** Down now, up again after `ms`; `meanwhile` may put other files in its place. */
  crash(ms: number, meanwhile: () => void = () => undefined): void {
    if (!this.up) return;
    this.up = false;
    this.life += 1;
    for (const client of this.#clients) client.broke(true);
    this.#scheduler.after(this.host, ms, 'up again', () => {
      meanwhile();
      this.up = true;
      // pauses that a restored Redis knows of end some time after
      for (const { id } of this.queues.delayed) {
        this.#scheduler.after(this.host, LOCK_MS, 'job again', () => this.promote(id));
      }
      this.onJob();
      this.onOut();
      for (const client of this.#clients) client.reconnect();
    });
  }

  /** The connections break, the server does not: answers on their way are lost, requests perhaps. */
  reset(lost: boolean): void {
    for (const client of this.#clients) client.broke(lost);
    for (const client of this.#clients) client.reconnect();
  }

  /** Stopped for `ms`: what was sent before and what comes again are then read in any order. */
  stall(ms: number, reset: boolean): void {
    this.host.stop();
    if (reset) this.reset(false);
    this.#scheduler.after(this.#outside, ms, 'redis goes on', () => this.host.goOn());
  }

  /** What `host` has sent and nobody read yet arrives right behind the next one's take. */
  holdBack(host: Host): void {
    for (const client of this.#clients) {
      const way = client.holdBack(host);
      if (way !== undefined) this.#held.push(way);
    }
  }

  /** Somebody has taken the link: what was held back until then comes now. */
  taken(by: Way): void {
    const others = this.#held.filter((way) => way !== by);
    this.#held = this.#held.filter((way) => way === by);
    for (const way of others) for (const arrive of way.held?.splice(0) ?? []) arrive();
    for (const way of others) way.held = undefined;
  }

  /** How `host` reaches it. Its jobs are offered again some time after its death. */
  clientOf(host: Host): Client {
    const client = new Client(this, host, this.#scheduler, this.#latencyMs);
    this.#clients.add(client);
    host.atDeath.push(() => {
      this.#clients.delete(client);
      this.#scheduler.after(this.host, LOCK_MS, `lock of ${host.name} is over`, () =>
        this.offerAgain(host.name),
      );
    });
    return client;
  }

  /** Its pause is over. */
  promote(jobId: string): void {
    this.queues = promoted(this.queues, jobId);
    this.onJob();
  }

  offerAgain(by: string): void {
    this.queues = stalled(this.queues, by);
    this.onJob();
  }
}

/** One connection: each way is a stream, so nothing overtakes, however long one of the two is stopped. */
interface Way {
  /** of the server's process it leads to */
  readonly life: number;
  readonly toServer: Request[];
  readonly toClient: (() => void)[];
  arrivesAt: number;
  answersAt: number;
  /** what has arrived and is not read; undefined: everything is read as it comes */
  held: (() => void)[] | undefined;
}

export class Client {
  readonly #server: SimulatedRedis;
  readonly #host: Host;
  readonly #scheduler: Scheduler;
  readonly #latencyMs: () => number;
  /** sent or to be sent, and not answered; in order */
  #unanswered: Request[] = [];
  /** undefined: not connected */
  #way: Way | undefined;

  constructor(server: SimulatedRedis, host: Host, scheduler: Scheduler, latencyMs: () => number) {
    this.#server = server;
    this.#host = host;
    this.#scheduler = scheduler;
    this.#latencyMs = latencyMs;
    this.#way = server.up ? wayTo(server) : undefined;
  }

  /** Something of one turn of the server, whole or not at all; perhaps more than once. */
  readonly carry: Carry = (name, effect) =>
    new Promise((resolve, reject) => {
      this.#host.act(() => {
        const request: Request = {
          name,
          effect,
          resolve: (answer) => resolve(answer as Awaited<ReturnType<typeof effect>>),
          reject,
        };
        this.#unanswered.push(request);
        if (this.#way !== undefined) this.#send(this.#way, request);
      });
    });

  /** `lost`: what was on its way is; else the server reads it when it comes to it. */
  broke(lost: boolean): void {
    if (lost) this.#way?.toServer.splice(0);
    this.#way = undefined;
  }

  /** The way that is held, if it is this host's. */
  holdBack(host: Host): Way | undefined {
    if (this.#host !== host || this.#way === undefined) return undefined;
    this.#way.held ??= [];
    return this.#way;
  }

  reconnect(): void {
    this.#scheduler.after(this.#host, RECONNECT_MS, 'redis reconnect', () => {
      if (this.#way !== undefined || !this.#server.up) return;
      const way = wayTo(this.#server);
      this.#way = way;
      for (const request of [...this.#unanswered]) this.#send(way, request);
    });
  }

  #send(way: Way, request: Request): void {
    const now = this.#scheduler.now;
    way.arrivesAt = Math.max(now + this.#latencyMs(), way.arrivesAt + 0.001);
    way.toServer.push(request);
    const arrive = (): void => {
      if (way.held !== undefined) {
        way.held.push(() => this.#scheduler.soon(this.#server.host, request.name, serve));
      } else serve();
    };
    const serve = (): void => {
      const first = way.toServer.shift();
      if (first !== undefined && way.life === this.#server.life) this.#serve(way, first);
    };
    this.#scheduler.after(this.#server.host, way.arrivesAt - now, request.name, arrive);
  }

  /** Also what came over a connection that broke since: then nobody hears of it, and it comes again. */
  #serve(way: Way, request: Request): void {
    let tell: () => void;
    try {
      const answer = request.effect();
      tell = () => request.resolve(answer);
    } catch (error) {
      tell = () => request.reject(error);
    }
    if (request.name === 'take') this.#server.taken(way);
    const now = this.#scheduler.now;
    way.answersAt = Math.max(now + this.#latencyMs(), way.answersAt + 0.001);
    way.toClient.push(() => {
      this.#unanswered = this.#unanswered.filter((one) => one !== request);
      tell();
    });
    this.#scheduler.after(this.#host, way.answersAt - now, `${request.name} answered`, () => {
      const first = way.toClient.shift();
      if (way === this.#way) first?.();
    });
  }
}

const wayTo = ({ life }: SimulatedRedis): Way => ({
  ...{ life, toServer: [], toClient: [], arrivesAt: 0, answersAt: 0, held: undefined },
});

/** Where a Redis may be put back to: moments of its own past. */
export class Backups {
  readonly #all: Snapshot[] = [];

  take(redis: SimulatedRedis): void {
    const now = redis.snapshot();
    if (this.#all.at(-1)?.data !== now.data) this.#all.push(now);
  }

  any(chance: Chance): Snapshot | undefined {
    return this.#all.length === 0 ? undefined : chance.pick(this.#all);
  }
}
