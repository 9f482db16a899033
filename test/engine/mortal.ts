/** What can be killed: the parts of one run of a process, which reach nobody from then on. */

export interface Life {
  readonly dead: boolean;
  kill(): void;
  /** The same, as long as it lives: afterwards every call hangs. */
  of<T extends object>(part: T, called?: (name: string) => void): T;
}

export function mortal(): Life {
  let dead = false;
  return {
    get dead() {
      return dead;
    },
    kill: () => {
      dead = true;
    },
    of: (part, called) =>
      new Proxy(part, {
        get(target, name) {
          const found: unknown = Reflect.get(target, name, target);
          if (typeof found !== 'function') return found;
          return (...args: unknown[]) => {
            if (!dead) called?.(String(name));
            if (dead) return new Promise(() => undefined);
            const answer: unknown = Reflect.apply(found, target, args);
            if (!(answer instanceof Promise)) return answer;
            return answer.then((value) => (dead ? new Promise(() => undefined) : value));
          };
        },
      }),
  };
}
