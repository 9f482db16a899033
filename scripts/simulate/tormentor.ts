/** Carries out what a seed's mixture draws, at moments it draws too, and leaves the world in peace at the end. */
import type { Failpoint } from '../../src/engine/context.ts';
import type { Chance } from './chance.ts';
import type { Host } from './host.ts';
import { Backups } from './redis.ts';
import type { Mixture, Torment } from './torment.ts';
import type { World } from './world.ts';

/** What a host's wall clock may be set to, against the true time. */
const JUMPS_MS = [-3_600_000, -6_000, 3_000, 7_000, 86_400_000];

export class Tormentor {
  readonly #world: World;
  readonly #mixture: Mixture;
  readonly #chance: Chance;
  readonly #stormMs: number;
  readonly #backups = new Backups();
  #armed: { at: Failpoint; how: 'kill' | 'stop' } | undefined;

  constructor(world: World, mixture: Mixture, chance: Chance, stormMs: number) {
    this.#stormMs = stormMs;
    this.#world = world;
    this.#mixture = mixture;
    this.#chance = chance;
  }

  begin(): void {
    const { scheduler, host } = this.#world;
    for (let i = 0; i < this.#mixture.times; i += 1) {
      scheduler.after(host, this.#chance.below(this.#stormMs), 'torment', () =>
        this.#do(this.#mixture.kind()),
      );
    }
    for (let at = 0; at < this.#stormMs; at += 1_500 + this.#chance.below(1_500)) {
      scheduler.after(host, at, 'backup', () => this.#backups.take(this.#world.redis));
    }
    this.#world.atFailpoint = (process, at) => this.#passed(process, at);
    scheduler.onStep = (process, what) => this.#world.note(process.name, `· ${what}`);
  }

  /** The rest of the time belongs to whoever puts things right. */
  end(): void {
    this.#mixture.over = true;
    this.#armed = undefined;
    this.#world.wallAheadMs = 0;
    this.#world.gateway?.host.goOn();
  }

  #passed(process: Host, at: Failpoint): void {
    if (this.#armed?.at !== at) return;
    const { how } = this.#armed;
    this.#armed = undefined;
    if (how === 'kill') this.#world.kill(`failpoint ${at}`);
    else this.#stop(process, `failpoint ${at}`);
  }

  #do(what: Torment): void {
    const process = this.#world.gateway?.host;
    if (this.#mixture.over || process === undefined) return;
    this.#world.note('torment', what);
    this.#deeds[what](process);
  }

  readonly #deeds: Readonly<Record<Torment, (process: Host) => void>> = {
    kill: () => this.#world.kill('kill -9'),
    power: () => {
      this.#world.kill('loss of power');
      this.#world.disk.powerLoss(this.#chance);
    },
    'failpoint-kill': () => {
      this.#armed = { at: this.#mixture.failpoint(), how: 'kill' };
    },
    'failpoint-stop': () => {
      this.#armed = { at: this.#mixture.failpoint(), how: 'stop' };
    },
    'stop-and-go-on': (process) => this.#stop(process, 'stop-and-go-on'),
    'stop-and-takeover': (process) => this.#stop(process, 'stop-and-takeover'),
    suspend: (process) => this.#suspend(process),
    clock: () => {
      this.#world.wallAheadMs = this.#chance.pick(JUMPS_MS);
    },
    'redis-reset': () => this.#world.redis.reset(this.#chance.yes(0.5)),
    'redis-stall': () => this.#world.redis.stall(this.#downMs(), this.#chance.yes(0.7)),
    'redis-late': (process) => {
      this.#world.redis.holdBack(process);
      this.#world.kill('kill -9, and what it sent is still on its way');
    },
    'redis-crash': () => this.#world.redis.crash(this.#downMs()),
    'redis-rollback': () => {
      const older = this.#backups.any(this.#chance);
      const { redis } = this.#world;
      redis.crash(this.#downMs(), () => older !== undefined && redis.restore(older));
    },
    'redis-flush': () => {
      const { redis } = this.#world;
      redis.crash(this.#downMs(), () => redis.flush());
    },
    'bank-restart': () => this.#world.network.restartBank(),
    'stalled-job': (process) => this.#world.redis.offerAgain(process.name),
    'full-disk': () => {
      const { disk, host, scheduler } = this.#world;
      disk.full = true;
      scheduler.after(host, this.#downMs(), 'room again', () => {
        disk.full = false;
      });
    },
  };

  #downMs(): number {
    return this.#chance.pick([50, 500, 4_000]);
  }

  /** A stopped process is killed by whoever wants its journal, or goes on as if nothing had been. */
  #stop(process: Host, why: string): void {
    const { scheduler, host } = this.#world;
    this.#world.note('torment', `stops ${process.name}: ${why}`);
    process.stop();
    const ms = this.#chance.pick([100, 3_000, 8_000, 30_000]);
    const goesOn = why !== 'stop-and-takeover' && this.#chance.yes(0.6);
    scheduler.after(host, ms, goesOn ? 'go on' : 'takeover', () => {
      if (goesOn || this.#mixture.over) process.goOn();
      else if (!process.dead) this.#world.kill('a standby wants its journal');
    });
  }

  /** The whole machine sleeps: its monotonic clock does not count, its wall clock does. */
  #suspend(process: Host): void {
    const { scheduler, host } = this.#world;
    process.stop();
    const ms = this.#chance.pick([500, 5_000, 20_000]);
    scheduler.after(host, ms, 'resume', () => {
      process.lagMs += ms;
      process.goOn();
    });
  }
}
