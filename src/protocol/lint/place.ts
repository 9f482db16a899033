/** Where a lint rule is looking, and where its faults go: `operations.yaml:operations.transfer.fields`. */
export interface LintFault {
  /** `file:key.path` */
  readonly path: string;
  readonly detail: string;
}

export class Place {
  readonly #path: string;
  readonly #faults: LintFault[];

  constructor(path: string, faults: LintFault[]) {
    this.#path = path;
    this.#faults = faults;
  }

  /** The same report, one step deeper. */
  in(...keys: readonly (string | number)[]): Place {
    const inside = keys.join('.');
    const between = this.#path.includes(':') ? '.' : ':';
    return new Place(`${this.#path}${between}${inside}`, this.#faults);
  }

  /** The same report, another file. */
  at(file: string, ...keys: readonly (string | number)[]): Place {
    return new Place(file, this.#faults).in(...keys);
  }

  /** A shared table may be looked at for several transactions: the same fault counts once. */
  fault(detail: string): void {
    const path = this.#path;
    const known = this.#faults.some((one) => one.path === path && one.detail === detail);
    if (!known) this.#faults.push({ path, detail });
  }
}
