/** The tree as the architecture tests see it: files, what they import, and their code without words in it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Made, fetched or private: nobody reads it. */
const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.demo', '.test', 'coverage']);

export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !NOT_OURS.has(name))
    .flatMap((one) => {
      const path = join(folder, one.name);
      if (one.isDirectory()) return filesUnder(path);
      return one.isFile() ? [path] : [];
    })
    .sort();
}

export const sourcesUnder = (folder: string): string[] =>
  filesUnder(folder).filter((path) => /\.(ts|mts|mjs|js)$/.test(path));

export const textOf = (path: string): string => readFileSync(path, 'utf8');

export interface Import {
  readonly from: string;
  /** path of a file of ours, or the name of a package or of a part of Node */
  readonly to: string;
  /** nothing of it is left when the program runs */
  readonly typeOnly: boolean;
}

const NAMES = String.raw`(?:[\w*]+(?:\s+as\s+\w+)?\s*,?\s*)?(?:\{[^}]*\}\s*)?`;
const STATEMENT = new RegExp(
  String.raw`^(?:import|export)\s+(?<type>type\s+)?${NAMES}from\s+'(?<to>[^']+)'|^import\s+'(?<bare>[^']+)'`,
  'gm',
);
const DYNAMIC = /\b(?:import|require)\(\s*(?:'(?<to>[^']+)')?/g;

/** Every import of a file. One whose name is not written down is named `?`. */
export function importsOf(path: string, text = textOf(path)): Import[] {
  const resolved = (to: string): string =>
    to.startsWith('.') ? normalize(join(dirname(path), to)) : to;
  const statements = [...text.matchAll(STATEMENT)].map(({ groups = {} }) => ({
    from: path,
    to: resolved(groups.to ?? groups.bare ?? '?'),
    typeOnly: groups.type !== undefined,
  }));
  const dynamic = [...codeOf(text, { strings: true }).matchAll(DYNAMIC)].map(({ groups = {} }) => ({
    from: path,
    to: resolved(groups.to ?? '?'),
    typeOnly: false,
  }));
  return [...statements, ...dynamic];
}

const COMMENT = String.raw`\/\*[\s\S]*?\*\/|\/\/[^\n]*`;
const STRING = String.raw`'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"`;
const WORDS = new RegExp(`(?<string>${STRING})|${COMMENT}`, 'g');

/** Code without its comments, and without what stands in quotes unless `strings` are wanted. */
export const codeOf = (text: string, { strings = false } = {}): string =>
  text.replaceAll(WORDS, (found, string) => {
    if (string === undefined) return ' ';
    return strings ? found : "''";
  });
