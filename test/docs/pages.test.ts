/** Goal: whoever follows a page finds what it names: links, headings, files, commands, versions, tests. */
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { shownFiles, testsByNumber } from './hazard-table.ts';
import { anchorsOf, codeBlock, filesNamed, innerLinks, isThere, pageText } from './markdown.ts';

const docs = ['docs', 'docs/banks'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
const readmes = ['README.md', 'README.zh-CN.md'];
const pages = [...readmes, ...docs, 'deploy/README.md', 'mock-bank/README.md'];

const scripts: Record<string, string> = packageJson.scripts;
const versions: Record<string, string> = {
  ...packageJson.dependencies,
  ...packageJson.devDependencies,
};

describe.each(pages)('%s', (page) => {
  it('links only to what is there', () => {
    for (const { target, anchor } of innerLinks(page)) {
      expect(existsSync(target), `${page} links to ${target}`).toBe(true);
      if (anchor === '' || !statSync(target).isFile()) continue;
      expect(anchorsOf(target), `${page} links to ${target}#${anchor}`).toContain(anchor);
    }
  });

  it('names only files that are there', () => {
    expect(filesNamed(page).filter((name) => !isThere(name) && !OUTSIDE.test(name))).toEqual([]);
  });

  it('names only commands that package.json has', () => {
    const named = [...pageText(page).matchAll(/npm run (?:--silent )?([\w:-]+)/g)];
    for (const [, name = ''] of named) expect(scripts, name).toHaveProperty(name);
  });
});

/** Files of an installation, which the pages tell people to make. */
const OUTSIDE = /^(etc|var|opt|tmp|deploy\/yinqi\.yaml$)/;

describe('the two front pages', () => {
  it.each(readmes)('%s shows the example as it is', (page) => {
    expect(codeBlock(page, 'ts')).toBe(pageText('scripts/example/payment.ts'));
  });

  it('link to the same pages', () => {
    const [en = [], zh = []] = readmes.map((page) =>
      innerLinks(page)
        .map(({ target }) => target)
        .filter((target) => !readmes.includes(target))
        .sort(),
    );
    expect(zh).toEqual(en);
  });

  it('name the two commands and what they need', () => {
    const [least = ''] = /\d+\.\d+/.exec(packageJson.engines.node) ?? [];
    for (const page of readmes) {
      expect(pageText(page)).toContain('npm run demo');
      expect(pageText(page)).toContain('npm test');
      expect(pageText(page)).toContain(`Node ≥ ${least}`);
    }
    expect(scripts).toHaveProperty('test');
  });
});

describe('docs/README.md', () => {
  it('leads to every page', () => {
    // to the pages of the banks by way of the operations
    const led = ['docs/README.md', 'docs/operations.md'].flatMap((page) =>
      innerLinks(page).map(({ target }) => target),
    );
    expect(docs.filter((page) => page !== 'docs/README.md' && !led.includes(page))).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  const page = pageText('docs/architecture.md');

  it('names every dependency with its exact version', () => {
    const rows = page.split('\n').filter((line) => /^\| .* \| \d+\.\d+\.\d+/.test(line));
    const named = rows.flatMap((row) => {
      const [, names = '', numbers = ''] = row.split('|').map((cell) => cell.trim());
      const all = numbers.split(', ');
      return names.split(', ').map((name, i) => [name, all[i]]);
    });
    expect(Object.fromEntries(named)).toEqual(versions);
  });

  it('names every folder of the source', () => {
    for (const { name } of readdirSync('src', { withFileTypes: true }).filter((one) =>
      one.isDirectory(),
    )) {
      expect(page).toContain(`\`src/${name}/\``);
    }
  });
});

describe('docs/guarantees.md', () => {
  const page = pageText('docs/guarantees.md');

  const rowOf = /^\| (R\d+b?) +\| (.+?) +\| (.*?) *\|$/gm;
  const tests = testsByNumber();

  it('has every hazard once, each with the tests that carry its number', () => {
    if (process.env.UPDATE_DOCS === '1') {
      const anew = pageText('docs/guarantees.md').replace(
        rowOf,
        (_, number: string, hazard: string) =>
          `| ${number} | ${hazard} | ${shownFiles(tests.get(number) ?? [])} |`,
      );
      writeFileSync('docs/guarantees.md', anew);
    }
    const rows = [...pageText('docs/guarantees.md').matchAll(rowOf)];
    const numbers = Array.from({ length: 27 }, (_, i) => `R${i + 1}`);
    const wanted = [...numbers.slice(0, 12), 'R12b', ...numbers.slice(12)];
    expect(rows.map(([, number]) => number)).toEqual(wanted);
    for (const [, number = '', , files] of rows) {
      expect(tests.get(number) ?? [], `${number} has no test`).not.toEqual([]);
      expect(files, number).toBe(shownFiles(tests.get(number) ?? []));
    }
  });

  it('numbers no hazard and no promise in a test that it does not have', () => {
    const promises = [...page.matchAll(/^## (\d)\. /gm)].map(([, digit]) => `P${digit}`);
    const known = new Set([...promises, ...[...page.matchAll(rowOf)].map(([, number]) => number)]);
    expect([...tests.keys()].filter((number) => !known.has(number))).toEqual([]);
    expect(promises.filter((number) => !tests.has(number))).toEqual([]);
  });

  it('names with each promise the tests that carry its number', () => {
    const parts = page.split(/^## /m).filter((part) => /^\d\. /.test(part));
    expect(parts.length).toBe(5);
    for (const part of parts) {
      const number = `P${part[0]}`;
      for (const file of tests.get(number) ?? []) expect(part, number).toContain(`\`${file}\``);
    }
  });

  it('says first what is not promised', () => {
    expect(anchorsOf('docs/guarantees.md')[1]).toBe('not-yet-promised');
  });
});
