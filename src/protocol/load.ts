/**
 * The files of one bank's spec → a BankSpec, checked and frozen. In: relative path → YAML text. Out: the
 * spec, or SPEC_INVALID with every fault found in one look, each as `file:key.path`. Never reads a disk.
 */
import { createHash } from 'node:crypto';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { Faults, type SafeError } from '../errors.ts';
import { answeringOperations } from './answering.ts';
import { withCommon } from './common.ts';
import { lintSpec } from './lint.ts';
import {
  type BankSpec,
  type Operation,
  operationsFile,
  protocolFile,
  type Transaction,
  transactionFile,
} from './spec.ts';

const sentence = 'the protocol spec is not valid';
const fault = (path: string, detail: string): SafeError => ({
  code: 'SPEC_INVALID',
  sentence,
  path,
  detail,
});

function readYaml(file: string, text: string, faults: SafeError[]): unknown {
  const document = parseDocument(text, { strict: true, uniqueKeys: true, stringKeys: true });
  for (const problem of [...document.errors, ...document.warnings]) {
    const line = problem.linePos?.[0].line;
    faults.push(fault(line === undefined ? file : `${file}:line ${line}`, problem.code));
  }
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    faults.push(fault(file, 'an anchor that is missing or used too often'));
    return undefined;
  }
}

function check<T>(file: string, schema: z.ZodType<T>, data: unknown, faults: SafeError[]) {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const where = issue.path.map(String).join('.');
    faults.push(fault(where === '' ? file : `${file}:${where}`, issue.message));
  }
  return undefined;
}

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

/** A Map stays writable when frozen; this one refuses. */
class FrozenMap<V> extends Map<string, V> {
  static of<V>(entries: Iterable<readonly [string, V]>): ReadonlyMap<string, V> {
    const map = new FrozenMap<V>(entries);
    Object.defineProperty(map, 'set', { value: FrozenMap.refuse });
    return Object.freeze(map);
  }
  static refuse(): never {
    throw new TypeError('a loaded spec never changes');
  }
  override delete(): never {
    return FrozenMap.refuse();
  }
  override clear(): never {
    return FrozenMap.refuse();
  }
}

function digestOf(files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const name of [...files.keys()].sort()) {
    const text = files.get(name) ?? '';
    hash.update(`${name}\0${Buffer.byteLength(text)}\0`).update(text);
  }
  return hash.digest('hex');
}

const inTransactions = /^transactions\/([^/]+)\.yaml$/;

interface Parts {
  protocol?: BankSpec['protocol'] | undefined;
  readonly transactions: Map<string, Transaction>;
  operations: Map<string, Operation>;
}

function readParts(files: ReadonlyMap<string, string>, faults: SafeError[]): Parts {
  const parts: Parts = { transactions: new Map(), operations: new Map() };
  for (const name of [...files.keys()].sort()) {
    const code = inTransactions.exec(name)?.[1];
    const known = name === 'protocol.yaml' || name === 'operations.yaml' || code !== undefined;
    if (!known) {
      faults.push(fault(name, 'no file of a spec'));
      continue;
    }
    const data = readYaml(name, files.get(name) ?? '', faults);
    if (data === undefined) continue;
    if (code !== undefined) {
      const transaction = check(name, transactionFile, data, faults);
      if (transaction) parts.transactions.set(code, transaction);
    } else if (name === 'protocol.yaml') {
      parts.protocol = check(name, protocolFile, data, faults);
    } else {
      const read = check(name, operationsFile, data, faults);
      parts.operations = new Map(Object.entries(read?.operations ?? {}));
    }
  }
  for (const name of ['protocol.yaml', 'operations.yaml']) {
    if (!files.has(name)) faults.push(fault(name, 'missing'));
  }
  return parts;
}

export function loadSpec(files: ReadonlyMap<string, string>): BankSpec {
  const faults: SafeError[] = [];
  const { protocol, transactions, operations } = readParts(files, faults);
  // what refers to a file that did not load would only repeat its faults
  if (faults.length > 0 || protocol === undefined) throw new Faults('SPEC_INVALID', faults);
  const whole = [...transactions].map(([name, one]) => [name, withCommon(protocol, one)] as const);
  for (const item of [protocol, ...whole.map(([, one]) => one), ...operations.values()]) {
    deepFreeze(item);
  }
  for (const [name, operation] of answeringOperations(transactions.values())) {
    if (operations.has(name))
      throw new Faults('SPEC_INVALID', [fault(name, 'made by the gateway')]);
    operations.set(name, operation);
  }
  const spec: BankSpec = Object.freeze({
    protocol,
    transactions: FrozenMap.of(whole),
    operations: FrozenMap.of(operations),
    digest: digestOf(files),
  });
  const found = lintSpec(spec).map(({ path, detail }) => fault(path, detail));
  if (found.length > 0) throw new Faults('SPEC_INVALID', found);
  return spec;
}
