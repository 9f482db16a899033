/**
 * Whoever acts in the simulation. A process that is dead has no effect any more, from that instant on, in
 * the middle of a turn too; one that is stopped has it when it goes on. So everything a process does outside
 * itself goes through `act`, and everything that happens to it is an event with it as the host.
 */
export type HostState = 'running' | 'stopped' | 'dead';

export class Host {
  readonly name: string;
  #state: HostState = 'running';
  #frozen: (() => void)[] = [];
  /** ms that its monotonic clock is behind: what it slept with its whole machine */
  lagMs = 0;
  /** what happens outside when it dies: sockets close, locks go */
  readonly atDeath: (() => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get state(): HostState {
    return this.#state;
  }

  get dead(): boolean {
    return this.#state === 'dead';
  }

  /** Now, when it goes on, or never. */
  act(effect: () => void): void {
    if (this.#state === 'running') effect();
    else if (this.#state === 'stopped') this.#frozen.push(effect);
  }

  stop(): void {
    if (this.#state === 'running') this.#state = 'stopped';
  }

  goOn(): void {
    if (this.#state !== 'stopped') return;
    this.#state = 'running';
    for (const effect of this.#frozen.splice(0)) this.act(effect);
  }

  die(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#frozen = [];
    for (const effect of this.atDeath.splice(0)) effect();
  }
}
