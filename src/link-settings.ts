/**
 * A link's part of the config held against its bank's spec. In: config and specs. Out: every fault with
 * its place in the config, never a value: settings are account numbers and names. The daemon asks this
 * before it starts, `yinqi config check` at any time.
 */
import { join } from 'node:path';
import type { Config, LinkConfig } from './config.ts';
import { Faults, type SafeError } from './errors.ts';
import type { BankSpec } from './protocol/spec.ts';
import { readSpec } from './spec-directory.ts';

const fault = (path: string, detail: string): SafeError => ({
  code: 'CONFIG_INVALID',
  sentence: 'the configuration is not valid',
  path,
  detail,
});

/** Settings an expression reads; undefined when it may also read something else or a literal. */
function settingsReadBy(expression: string): string[] | undefined {
  const alternatives = expression.split('|').map((part) => /^\$link\.(\w+)$/.exec(part)?.[1]);
  return alternatives.every((name) => name !== undefined) ? alternatives : undefined;
}

function checkEach(spec: BankSpec, given: Record<string, string>, path: string): SafeError[] {
  const asked = spec.protocol.settings;
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(asked, name));
  const faults = unknown.map((name) =>
    fault(`${path}.${name}`, `the spec of ${spec.protocol.bank} asks for no such setting`),
  );
  for (const [name, { default: usual, need, pattern, zh }] of Object.entries(asked)) {
    const value = (Object.hasOwn(given, name) ? given[name] : undefined) || usual || '';
    if (value === '') {
      if (need === 'yes') faults.push(fault(`${path}.${name}`, `missing: ${zh}`));
    } else if (!new RegExp(pattern).test(value)) {
      faults.push(fault(`${path}.${name}`, `${zh} must match ${pattern}`));
    }
  }
  return faults;
}

/** Fields only the gateway fills, in every request: what they are filled from cannot be empty. */
function checkOwned(spec: BankSpec, given: Record<string, string>, path: string): SafeError[] {
  const asked = spec.protocol.settings;
  return Object.entries(spec.protocol.owned).flatMap(([field, expression]) => {
    const names = settingsReadBy(expression) ?? [];
    const isFilled = (name: string): boolean =>
      (given[name] ?? '') !== '' || (asked[name]?.default ?? '') !== '';
    const [first] = names;
    // a needed one is reported as missing already
    if (first === undefined || names.some((name) => isFilled(name) || asked[name]?.need === 'yes'))
      return [];
    return [fault(`${path}.${first}`, `missing: the gateway fills ${field} from it`)];
  });
}

/** `path` is where the link stands in the config, like `links.0`. */
export function checkLinkSettings(spec: BankSpec, link: LinkConfig, path: string): SafeError[] {
  const settings = `${path}.settings`;
  const faults = [
    ...checkEach(spec, link.settings, settings),
    ...checkOwned(spec, link.settings, settings),
  ];
  if (!spec.protocol.charset.request.includes(link.charset)) {
    const allowed = spec.protocol.charset.request.join(', ');
    faults.push(fault(`${path}.charset`, `the bank takes ${allowed}`));
  }
  link.native.forEach((code, i) => {
    if (!spec.transactions.has(code)) {
      faults.push(fault(`${path}.native.${i}`, 'the spec has no such transaction'));
    }
  });
  return faults;
}

/** A right that names nothing would forbid without a word what somebody meant to allow. */
function checkRights(config: Config, specs: ReadonlyMap<string, BankSpec>): SafeError[] {
  return config.sources.flatMap((source, i) =>
    Object.entries(source.links).flatMap(([link, { operations }]) => {
      const spec = specs.get(link);
      return operations.flatMap((name, n) => {
        const known =
          name === '*' ||
          spec === undefined ||
          spec.operations.has(name) ||
          spec.transactions.has(name);
        const path = `sources.${i}.links.${link}.operations.${n}`;
        return known ? [] : [fault(path, 'the spec has no such operation or transaction')];
      });
    }),
  );
}

/** The spec of each link by link name, and every fault of spec, settings and rights in one look. */
export function readLinkSpecs(config: Config): {
  specs: Map<string, BankSpec>;
  faults: SafeError[];
} {
  const specs = new Map<string, BankSpec>();
  const faults: SafeError[] = [];
  config.links.forEach((link, i) => {
    const directory = join(config.specs, link.spec);
    try {
      const spec = readSpec(directory);
      specs.set(link.name, spec);
      faults.push(...checkLinkSettings(spec, link, `links.${i}`));
    } catch (error) {
      if (!(error instanceof Faults)) throw error;
      // two links of one bank share its faults
      const known = new Set(faults.map((one) => one.path));
      const placed = error.faults.map(({ path = directory, ...rest }) => ({
        ...rest,
        path: path === directory ? path : `${directory}/${path}`,
      }));
      faults.push(...placed.filter((one) => !known.has(one.path)));
    }
  });
  return { specs, faults: [...faults, ...checkRights(config, specs)] };
}
