/** Rules that every file keeps, whatever stands in it. */
import { describe, expect, it } from 'vitest';
import { codeOf, filesUnder, sourcesUnder, textOf } from './sources.ts';

const LINES_MAX = 300;
/** Longer for a reason, and no longer than this. */
const LONGER: Readonly<Record<string, number>> = {
  // one language, read from top to bottom
  'src/protocol/spec.ts': 320,
};

/** Readers of the process besides main.ts. */
const READS_PROCESS = [
  // its pid is its name in the directory it holds; the platform limits the length of a socket's path
  'src/journal/owner-socket.ts',
  // the process that seals a day is another one than that of main.ts
  'src/journal/sealing/child.ts',
  // a child runs on the same node
  'src/daemon/seal-child.ts',
  // a command ends with a code
  'src/cli/terminal.ts',
];

const sources = sourcesUnder('src');
const codes = new Map(sources.map((path) => [path, codeOf(textOf(path))]));

/** `file:line` of every place in the code of src that looks so. */
function placesOf(pattern: RegExp): string[] {
  return [...codes].flatMap(([path, code]) =>
    code.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}`] : [])),
  );
}
const filesWith = (pattern: RegExp): string[] =>
  [...codes].filter(([, code]) => pattern.test(code)).map(([path]) => path);

describe('every file of src', () => {
  it('is short enough to be read in one go', () => {
    const long = sources.filter((path) => {
      return textOf(path).split('\n').length - 1 > (LONGER[path] ?? LINES_MAX);
    });
    expect(long).toEqual([]);
  });

  it('has types: no any, no non-null assertion, nothing switched off', () => {
    expect(placesOf(/(?::|<|\bas|[|&,=])\s*any\b(?!\s*[:(])/)).toEqual([]);
    expect(placesOf(/[\w)\]]!(?:[.;,)\][]|$)/)).toEqual([]);
    const off = /@ts-(?:ignore|expect-error|nocheck)|biome-ignore/;
    expect(sources.filter((path) => off.test(textOf(path)))).toEqual([]);
  });

  it('prints nothing by itself but in the command line', () => {
    expect(filesWith(/\bconsole\s*\./).filter((path) => !path.startsWith('src/cli/'))).toEqual([]);
  });

  it('leaves the process to main.ts', () => {
    const readers = filesWith(/(?<![.\w])process\b(?!\s*[:(])/);
    expect(readers.sort()).toEqual(['src/main.ts', ...READS_PROCESS].sort());
  });

  it('has time and chance from what it is given where the simulation runs it', () => {
    const timers = /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|nextTick)\b/;
    const clocks = /\bDate\.now\(|\bnew Date\(\)|\bperformance\./;
    const chance = /\bMath\.random\b|\brandom(?:Bytes|Int|UUID)\b/;
    const globals = [timers, clocks, chance].flatMap(filesWith);
    expect(globals.filter((path) => /^src\/(engine|bank)\//.test(path))).toEqual([]);
  });

  it('asks no host clock where time is an argument', () => {
    const pure = /^src\/(protocol|session|instruction|credits|engine)\//;
    const clocks = filesWith(/\bDate\.now\(|\bnew Date\(\)|\bperformance\.|\bhrtime\b/);
    expect(clocks.filter((path) => pure.test(path))).toEqual([]);
  });

  it('is not left to chance where it is pure', () => {
    const pure = /^src\/(protocol|session|instruction|credits)\//;
    const chances = filesWith(/\bMath\.random\b|\brandom(?:Bytes|Int|UUID)\b/);
    expect(chances.filter((path) => pure.test(path))).toEqual([]);
  });
});

describe('the whole tree', () => {
  const readable = /\.(ts|mjs|js|json|ya?ml|md|lua|sh|html|css)$|Dockerfile$/;

  it('has nothing left to do in it', () => {
    const marks = new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X:', 'HA' + 'CK:'].join('|'));
    const left = filesUnder('.').filter((path) => readable.test(path) && marks.test(textOf(path)));
    expect(left).toEqual([]);
  });

  it('skips no test and runs none alone', () => {
    const tests = filesUnder('test').filter((path) => path.endsWith('.test.ts'));
    const left = tests.filter((path) =>
      /\b(?:it|test|describe)\.(?:only|skip|todo|fails)\b/.test(codeOf(textOf(path))),
    );
    expect(left).toEqual([]);
  });
});
