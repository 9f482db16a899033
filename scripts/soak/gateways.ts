/**
 * Gateways on one journal directory: one owns it, another stands by. Whatever ends one of them, it is started again
 * after a moment, as a supervisor does it. Their logs say who owns, and why one ended.
 */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Started } from '../world/processes.ts';
import type { World } from '../world/world.ts';

const AGAIN_MS = 250;
/** One that ended at once would only do it again. */
const SOON_MS = 3_000;
const AGAIN_SOON_MS = 1_000;
const LOOK_MS = 100;
const CHUNK = 1 << 20;
const LINE_FEED = 10;

export interface Slot {
  readonly name: string;
  readonly logFile: string;
  process: Started | undefined;
  startedAt: number;
  /** it said that it has started: it owns the directory */
  owns: boolean;
  /** bytes of the log that were read as whole lines */
  read: number;
}

export class Gateways {
  readonly slots: readonly Slot[];
  /** signals and exit codes, counted */
  readonly ends = new Map<string, number>();
  /** events of the logs, and codes of the fatal ones, counted */
  readonly events = new Map<string, number>();
  /** how often one of them became the owner */
  owned = 0;
  readonly #world: World;
  readonly #env: () => Record<string, string>;
  readonly #loops: Promise<void>[];
  #paused = false;
  #stopped = false;

  constructor(world: World, count: number, env: () => Record<string, string>) {
    this.#world = world;
    this.#env = env;
    this.slots = Array.from({ length: count }, (_, at) => ({
      name: `gateway ${at + 1}`,
      logFile: join(world.directory, `gateway-${at + 1}.log`),
      process: undefined,
      startedAt: 0,
      owns: false,
      read: 0,
    }));
    this.#loops = [...this.slots.map((slot) => this.#keep(slot)), this.#follow()];
  }

  get alive(): readonly Slot[] {
    return this.slots.filter(({ process }) => process?.alive === true);
  }

  get owner(): Slot | undefined {
    return this.alive.find(({ owns }) => owns);
  }

  /** How often one ended by SIGKILL, whoever sent it. */
  get killed(): number {
    return this.ends.get('SIGKILL') ?? 0;
  }

  /** Kills all of them; nobody starts one until `resume`. */
  async pause(): Promise<void> {
    this.#paused = true;
    for (const { process } of this.slots) if (process?.alive) await process.kill();
  }

  resume(): void {
    this.#paused = false;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { process } of this.alive) {
      process?.signal('SIGCONT');
      process?.signal('SIGTERM');
    }
    await Promise.all(this.#loops);
  }

  async #keep(slot: Slot): Promise<void> {
    while (!this.#stopped) {
      if (this.#paused) {
        await sleep(LOOK_MS);
        continue;
      }
      const began = performance.now();
      slot.owns = false;
      const process = this.#world.startGateway(this.#env(), {
        config: this.#world.configPath,
        logFile: slot.logFile,
      });
      slot.startedAt = began;
      slot.process = process;
      const how = await process.ended;
      slot.owns = false;
      this.ends.set(how, (this.ends.get(how) ?? 0) + 1);
      if (this.#stopped) return;
      await sleep(performance.now() - began < SOON_MS ? AGAIN_SOON_MS : AGAIN_MS);
    }
  }

  async #follow(): Promise<void> {
    while (!this.#stopped) {
      for (const slot of this.slots) this.#readOn(slot);
      await sleep(LOOK_MS);
    }
  }

  #readOn(slot: Slot): void {
    if (!existsSync(slot.logFile)) return;
    const size = statSync(slot.logFile).size;
    const file = openSync(slot.logFile, 'r');
    const buffer = Buffer.alloc(CHUNK);
    try {
      while (slot.read < size) {
        const length = readSync(file, buffer, 0, CHUNK, slot.read);
        const whole = buffer.lastIndexOf(LINE_FEED, length - 1) + 1;
        if (length === 0 || whole === 0) break;
        let at = slot.read;
        slot.read += whole;
        for (const line of buffer.toString('utf8', 0, whole).split('\n')) {
          this.#said(slot, line, at);
          at += Buffer.byteLength(line) + 1;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  /** `at`: where in the log the line begins. */
  #said(slot: Slot, line: string, at: number): void {
    const event = /"event":"([a-z-]+)"/.exec(line)?.[1];
    if (event === undefined) return;
    const code = event === 'fatal' ? ` ${/"code":"([A-Z_]+)"/.exec(line)?.[1] ?? ''}` : '';
    this.events.set(event + code, (this.events.get(event + code) ?? 0) + 1);
    const run = slot.process;
    if (event !== 'started' || run === undefined || at < run.logFrom) return;
    slot.owns = run.alive;
    this.owned += 1;
  }
}
