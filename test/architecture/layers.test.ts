/**
 * Arrows point down: who may import whom (the design's layout). An import that is not in this table is a
 * decision, and it is made here. Exceptions name their files.
 */
import { describe, expect, it } from 'vitest';
import { importsOf, sourcesUnder } from './sources.ts';

interface Layer {
  /** folders and files of src it may import, besides itself */
  readonly src: readonly string[];
  readonly packages: readonly string[];
  readonly node: readonly string[];
}

const PURE_NODE = ['node:crypto', 'node:buffer'];
const READS_FILES = ['node:fs', 'node:path'];
const IO = ['bank', 'store', 'journal', 'queue', 'ops'];

const LAYERS: Readonly<Record<string, Layer>> = {
  // pure: from data to data
  'errors.ts': { src: [], packages: [], node: [] },
  'timers.ts': { src: [], packages: [], node: [] },
  protocol: {
    src: ['errors.ts'],
    packages: ['iconv-lite', 'xml2js', 'yaml', 'zod'],
    node: PURE_NODE,
  },
  session: { src: ['errors.ts', 'protocol'], packages: [], node: PURE_NODE },
  instruction: { src: ['errors.ts'], packages: ['zod'], node: PURE_NODE },
  credits: { src: ['errors.ts', 'instruction', 'protocol'], packages: ['zod'], node: PURE_NODE },
  pushes: { src: ['errors.ts', 'instruction', 'protocol'], packages: ['zod'], node: PURE_NODE },
  people: { src: ['errors.ts'], packages: ['zod'], node: PURE_NODE },
  'config-link.ts': { src: [], packages: ['zod'], node: [] },
  'config-faults.ts': { src: ['config-link.ts', 'errors.ts'], packages: [], node: [] },
  'config.ts': {
    src: ['config-faults.ts', 'config-link.ts', 'errors.ts', 'instruction', 'people'],
    packages: ['yaml', 'zod'],
    node: ['node:crypto'],
  },
  // I/O: each knows its own outside and no other
  bank: {
    src: ['errors.ts', 'timers.ts', 'protocol', 'session'],
    packages: [],
    node: ['node:buffer', 'node:dns/promises', 'node:net', 'node:tls'],
  },
  store: {
    src: ['errors.ts', 'instruction'],
    packages: ['ioredis', 'zod'],
    node: ['node:crypto', 'node:fs'],
  },
  journal: {
    src: ['errors.ts', 'instruction', 'people'],
    packages: ['zod'],
    node: [
      ...['node:crypto', 'node:fs', 'node:fs/promises', 'node:net', 'node:path', 'node:zlib'],
      ...['node:os', 'node:timers/promises'],
    ],
  },
  queue: {
    src: ['errors.ts', 'instruction'],
    packages: ['bullmq', 'ioredis', 'zod'],
    node: ['node:crypto'],
  },
  ops: {
    src: ['errors.ts'],
    packages: ['fastify', 'pino', 'prom-client', 'zod'],
    node: ['node:fs', 'node:fs/promises', 'node:http', 'node:path'],
  },
  'spec-directory.ts': { src: ['errors.ts', 'protocol'], packages: [], node: READS_FILES },
  'link-settings.ts': {
    src: ['config.ts', 'errors.ts', 'protocol', 'spec-directory.ts'],
    packages: [],
    node: ['node:path'],
  },
  // where they meet
  engine: {
    src: [
      ...['config.ts', 'errors.ts', 'timers.ts', 'protocol', 'instruction', 'credits', 'pushes'],
      'people',
      ...IO,
    ],
    packages: [],
    node: ['node:crypto'],
  },
  daemon: {
    src: [
      ...['config.ts', 'errors.ts', 'timers.ts', 'link-settings.ts', 'spec-directory.ts'],
      ...['protocol', 'instruction', 'session', 'people', 'engine', ...IO],
    ],
    packages: ['ioredis'],
    // a child seals the days of the journal
    node: [...READS_FILES, 'node:child_process', 'node:crypto', 'node:url'],
  },
  cli: {
    src: [
      ...['config.ts', 'errors.ts', 'link-settings.ts', 'spec-directory.ts'],
      ...['instruction', 'protocol', 'people', 'journal', 'ops'],
    ],
    packages: ['commander', 'yaml', 'zod'],
    node: [...READS_FILES, 'node:crypto', 'node:os'],
  },
  'main.ts': {
    src: ['cli', 'config.ts', 'daemon', 'engine', 'errors.ts', 'ops', 'timers.ts'],
    packages: [],
    node: ['node:crypto', 'node:fs'],
  },
};

/** What the table forbids and is meant: names of queues and keys are pure, and of one prefix. */
const MEANT = [
  'src/store/keys.ts → src/queue/names.ts',
  'src/store/redis-store.ts → src/queue/names.ts',
];

/** What the engine calls by itself: names, an error, one look at a file. All else comes in through its context, as a type. */
const ENGINE_CALLS = [
  'src/queue/names.ts',
  'src/queue/busy.ts',
  'src/journal/hold-file.ts',
  'src/journal/missing.ts',
];

const layerOf = (path: string): string => path.split('/')[1] ?? '';
const isOurs = (to: string): boolean => to.startsWith('src/');
const shown = ({ from, to }: { from: string; to: string }): string => `${from} → ${to}`;

const sources = sourcesUnder('src');
const imports = sources.flatMap((path) => importsOf(path));

function allowed({ from, to }: { from: string; to: string }): boolean {
  const layer = layerOf(from);
  const may = LAYERS[layer];
  if (may === undefined) return false;
  if (isOurs(to)) return layerOf(to) === layer || may.src.includes(layerOf(to));
  return to.startsWith('node:') ? may.node.includes(to) : may.packages.includes(to);
}

describe('the layers of src', () => {
  it('are all in the table, and the table names no other', () => {
    expect([...new Set(sources.map(layerOf))].sort()).toEqual(Object.keys(LAYERS).sort());
  });

  it('import what the table allows, and what is meant', () => {
    const forbidden = imports.filter((one) => !allowed(one)).map(shown);
    expect(forbidden.sort()).toEqual([...MEANT].sort());
  });

  it('have no circle of folders: what is below never reaches up', () => {
    const order = Object.keys(LAYERS);
    const upward = Object.entries(LAYERS).flatMap(([layer, { src }]) =>
      src.filter((to) => order.indexOf(to) >= order.indexOf(layer)).map((to) => `${layer} → ${to}`),
    );
    expect(upward).toEqual([]);
  });

  it('engine calls no I/O but through its context', () => {
    const called = imports
      .filter(({ from, to, typeOnly }) => {
        return layerOf(from) === 'engine' && IO.includes(layerOf(to)) && !typeOnly;
      })
      .map(({ to }) => to);
    expect([...new Set(called)].sort()).toEqual([...ENGINE_CALLS].sort());
  });

  it('import nothing whose name is not written down', () => {
    expect(imports.filter(({ to }) => to === '?').map(shown)).toEqual([]);
  });

  it('import nothing of the mock bank, the scripts or the tests', () => {
    const outside = imports.filter(({ to }) => !isOurs(to) && to.includes('/'));
    const ours = outside.filter(({ to }) => /^(mock-bank|scripts|test|bench|docs)\//.test(to));
    expect(ours.map(shown)).toEqual([]);
  });
});

describe('the mock bank', () => {
  it('shares the codec with the gateway, and nothing that decides', () => {
    const foreign = sourcesUnder('mock-bank')
      .flatMap((path) => importsOf(path))
      .filter(
        ({ to }) => !to.startsWith('mock-bank/') && to.includes('/') && !to.startsWith('node:'),
      )
      .filter(({ to }) => !/^src\/(protocol\/|errors\.ts$|spec-directory\.ts$)/.test(to));
    expect(foreign.map(shown)).toEqual([]);
  });
});

describe('packages', () => {
  it('are opened where they belong: one folder for sockets, one for queues', () => {
    const users = (name: RegExp): string[] => [
      ...new Set(imports.filter(({ to }) => name.test(to)).map(({ from }) => layerOf(from))),
    ];
    expect(users(/^node:tls$/)).toEqual(['bank']);
    expect(users(/^bullmq$/)).toEqual(['queue']);
    expect(users(/^ioredis$/).sort()).toEqual(['daemon', 'queue', 'store']);
    expect(users(/^node:child_process$/)).toEqual(['daemon']);
    expect(users(/^node:(cluster|worker_threads|process|vm)$/)).toEqual([]);
  });
});
