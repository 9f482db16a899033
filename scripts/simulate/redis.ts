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
    for (const client of this.#clients) client.broke();
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

  /** The connections break, the server does not: answers on their way are lost. */
  reset(): void {
    for (const client of this.#clients) client.broke();
    for (const client of this.#clients) client.reconnect();
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

export class Client {
  readonly #server: SimulatedRedis;
  readonly #host: Host;
  readonly #scheduler: Scheduler;
  readonly #latencyMs: () => number;
  /** sent or to be sent, and not answered; in order */
  #unanswered: Request[] = [];
  /** of the connection: what was on the way on an earlier one does not arrive */
  #connection = 0;
  #up: boolean;
  /** each way is one stream: nothing overtakes */
  #arrivesAt = 0;
  #answersAt = 0;

  constructor(server: SimulatedRedis, host: Host, scheduler: Scheduler, latencyMs: () => number) {
    this.#server = server;
    this.#up = server.up;
    this.#host = host;
    this.#scheduler = scheduler;
    this.#latencyMs = latencyMs;
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
        if (this.#up) this.#send(request);
      });
    });

  broke(): void {
    this.#connection += 1;
    this.#up = false;
  }

  reconnect(): void {
    const connection = this.#connection;
    this.#scheduler.after(this.#host, RECONNECT_MS, 'redis reconnect', () => {
      if (connection !== this.#connection || !this.#server.up || this.#up) return;
      this.#up = true;
      this.#arrivesAt = 0;
      this.#answersAt = 0;
      for (const request of [...this.#unanswered]) this.#send(request);
    });
  }

  /** Events of the same time may be drawn in any order; a stream may not. */
  #send(request: Request): void {
    const connection = this.#connection;
    const now = this.#scheduler.now;
    this.#arrivesAt = Math.max(now + this.#latencyMs(), this.#arrivesAt + 0.001);
    this.#scheduler.after(this.#server.host, this.#arrivesAt - now, request.name, () => {
      // what was sent before a connection broke may have arrived all the same, if the server lived
      if (!this.#server.up || connection !== this.#connection) return;
      this.#serve(request, connection);
    });
  }

  #serve(request: Request, connection: number): void {
    let tell: () => void;
    try {
      const answer = request.effect();
      tell = () => request.resolve(answer);
    } catch (error) {
      tell = () => request.reject(error);
    }
    const now = this.#scheduler.now;
    this.#answersAt = Math.max(now + this.#latencyMs(), this.#answersAt + 0.001);
    this.#scheduler.after(this.#host, this.#answersAt - now, `${request.name} answered`, () => {
      if (connection !== this.#connection) return;
      this.#unanswered = this.#unanswered.filter((one) => one !== request);
      tell();
    });
  }
}

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
