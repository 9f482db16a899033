/** What a world is made of: its links, and what is set of bank and gateway. */
import type { Settings } from '../../mock-bank/bank/settings.ts';

export const LINK = 'citic';
export const SOURCE = 'platform';
/** The main account and what belongs to it, as the mock bank begins. */
export const MAIN_ACCOUNT = '8110700000000000001';
export const MEMBER_PREFIX = '311070000000';
export const ADJUSTMENT_ACCOUNT = '3110700000000000091';

/** A link beside the first one: another front end of the same bank, spoken to by its own spec. */
export interface OtherLink {
  readonly name: string;
  /** folder below the specs, and the name the spec gives its bank */
  readonly spec: string;
  readonly settings: Record<string, string>;
  /** the rest of the link in the configuration */
  readonly more?: Record<string, unknown>;
  /** the gateway listens for packets of the bank's own */
  readonly listens?: boolean;
}

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
  /** merged over the journal of the configuration */
  readonly journal?: Record<string, unknown>;
  readonly others?: readonly OtherLink[];
  /** of /metrics; any free one by default */
  readonly adminPort?: number;
  readonly seed?: number;
  /** where the journal is; below the directory of the world by default */
  readonly journalDirectory?: string;
  /** of a front end by the name its spec gives the bank → port the gateway is told: something stands between */
  readonly between?: (bank: string, port: number) => Promise<number>;
}
