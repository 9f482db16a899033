/**
 * What is configured of a link, as the journal has seen it, and which changes of it two people have not
 * accepted yet. A change taken back is open no more: it stands as it was accepted.
 */
import type { Watched } from './shapes.ts';

export interface ChangeEntry {
  readonly n: number;
  readonly at: string;
  readonly what: Watched;
  readonly digest: string;
  readonly needsApproval: boolean;
  /** of `oversight`: from now on changes need approval */
  readonly strict?: boolean | undefined;
}

export interface OpenChange {
  readonly what: Watched;
  readonly digest: string;
  /** ms, of its record */
  readonly since: number;
}

/** The read side. */
export interface Settings {
  /** digest of what was last configured */
  latest(what: Watched): string | undefined;
  /** as two people last left it: changes need approval */
  readonly strict: boolean;
  /** number of the record → what is not accepted; nothing is asked or sent meanwhile */
  readonly open: ReadonlyMap<number, OpenChange>;
}

interface Seen {
  digest: string;
  accepted: string;
}

export class SettingsIndex implements Settings {
  readonly open = new Map<number, OpenChange & { readonly strict?: boolean | undefined }>();
  readonly #seen = new Map<Watched, Seen>();
  #strict = false;

  get strict(): boolean {
    return this.#strict;
  }

  latest(what: Watched): string | undefined {
    return this.#seen.get(what)?.digest;
  }

  add({ at, digest, n, needsApproval, strict, what }: ChangeEntry): void {
    const before = this.#seen.get(what);
    // what was open of it is overtaken
    for (const [number, one] of this.open) if (one.what === what) this.open.delete(number);
    if (before === undefined || !needsApproval || before.accepted === digest) {
      this.#accept(what, digest, strict);
      return;
    }
    this.#seen.set(what, { digest, accepted: before.accepted });
    this.open.set(n, { what, digest, since: Date.parse(at), strict });
  }

  /** Two people accepted the change of this record. */
  accept(n: number): void {
    const change = this.open.get(n);
    if (change === undefined) return;
    this.open.delete(n);
    this.#accept(change.what, change.digest, change.strict);
  }

  #accept(what: Watched, digest: string, strict: boolean | undefined): void {
    this.#seen.set(what, { digest, accepted: digest });
    if (strict !== undefined) this.#strict = strict;
  }
}
