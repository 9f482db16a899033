/** Markdown as the tests of pages look at it: links, headings, code. No rendering. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export interface Link {
  readonly target: string;
  readonly anchor: string;
}

const withoutBlocks = (text: string): string => text.replace(/^ *```[\s\S]*?^ *```/gm, '');

export const pageText = (page: string): string => readFileSync(page, 'utf8');

/** Links to something inside the repository; `target` is a path from its root. */
export function innerLinks(page: string): Link[] {
  const found = withoutBlocks(pageText(page)).matchAll(/\]\(([^)\s]+)\)/g);
  return [...found]
    .map(([, to = '']) => to)
    .filter((to) => !/^[a-z]+:/.test(to))
    .map((to) => {
      const [path = '', anchor = ''] = to.split('#');
      const target = path === '' ? page : normalize(join(dirname(page), path));
      return { target, anchor: decodeURIComponent(anchor) };
    });
}

/** As GitHub makes them: lower case, punctuation dropped, blanks to hyphens. */
export const slugOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replaceAll(' ', '-');

export const anchorsOf = (page: string): string[] =>
  [...withoutBlocks(pageText(page)).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    slugOf(heading),
  );

export const codeBlock = (page: string, language: string): string =>
  new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(pageText(page))?.[1] ?? '';

/** Files named in code marks or in code blocks, by what a file name looks like. */
export function filesNamed(page: string): string[] {
  const text = pageText(page).replace(/\]\([^)]*\)/g, ']');
  const names = text.matchAll(
    /(?<![\w./<>…*-])((?:[\w-][\w.-]*\/)+[\w.-]+\.(?:ts|mjs|js|lua|sh|yaml|md|json|service))(?![\w/])/g,
  );
  return [...new Set([...names].map(([, name = '']) => name))];
}

/** Where a page may mean a file to be: from the root, in src or docs, or what the build makes of a source. */
export const places = (name: string): string[] => [
  name,
  join('src', name),
  join('docs', name),
  name.replace(/^dist\/(.*)\.js$/, '$1.ts'),
];

export const isThere = (name: string): boolean => places(name).some((place) => existsSync(place));
