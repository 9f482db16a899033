/** A command line run inside the test: its own terminal, a folder, and a config that is fine. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { parse, stringify } from 'yaml';
import { runCli } from '../../src/cli/cli.ts';

export const EXAMPLE = 'deploy/yinqi.example.yaml';

export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  readonly started: string[];
}

export interface RunOptions {
  readonly stdin?: Buffer;
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** what somebody types where nothing is shown */
  readonly secret?: string;
  readonly start?: (path: string) => Promise<void>;
}

export async function yinqi(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const started: string[] = [];
  const exit = await runCli(['node', 'yinqi', ...args], {
    start: options.start ?? (async (path) => void started.push(path)),
    terminal: {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      stdin: () => options.stdin ?? Buffer.alloc(0),
      env: (name) => options.env?.[name],
      secret: async () => options.secret,
      user: () => options.user ?? 'zhang.san',
      exit: () => undefined,
    },
  });
  return { exit, out: out.join('\n'), err: err.join('\n'), started };
}

export interface Ground {
  readonly path: (name: string) => string;
  readonly write: (name: string, text: string) => string;
  /** the example with changes, written; its path */
  readonly config: (change: (config: ExampleConfig) => void) => string;
}

export interface ExampleLink {
  name: string;
  spec: string;
  charset: string;
  native?: string[];
  tls?: Record<string, string>;
  settings: Record<string, string>;
  [more: string]: unknown;
}
export interface ExampleConfig {
  specs: string;
  redis: Record<string, string>;
  journal: { directory: string };
  links: [ExampleLink, ...ExampleLink[]];
  sources: [
    { name: string; links: Record<string, { operations: string[] }> },
    ...{ name: string; links: Record<string, { operations: string[] }> }[],
  ];
  [more: string]: unknown;
}

export function ground(): Ground {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yinqi-cli-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  return {
    path: (name) => join(folder, name),
    write,
    config: (change) => {
      const config = parse(readFileSync(EXAMPLE, 'utf8')) as ExampleConfig;
      change(config);
      return write('yinqi.yaml', stringify(config));
    },
  };
}
