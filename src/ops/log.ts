/** What may be logged: an event's name and fields of this list, nothing else (promise 5). */
export interface Fields {
  link?: string;
  source?: string;
  id?: string;
  operation?: string;
  transaction?: string;
  phase?: string;
  outcome?: string;
  reason?: string;
  /** a response code of the bank or one of ours */
  code?: string;
  version?: number;
  attempt?: number;
  epoch?: number;
  serial?: string;
  record?: number;
  count?: number;
  ms?: number;
  bytes?: number;
  job?: string;
  why?: string;
  path?: string;
  day?: string;
  kind?: string;
  peer?: string;
  /** digest of a spec or a config */
  digest?: string;
  error?: unknown;
}

export interface Log {
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
}
