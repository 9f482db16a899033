/** One file opens sockets to a bank, and nothing in the gateway has an HTTP client that repeats itself (R7). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '../../src');

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(join(SRC, path), 'utf8') }));

const those = (pattern: RegExp): string[] =>
  sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

const within = (path: string, folders: readonly string[]): boolean =>
  folders.some((folder) => path.startsWith(folder));

describe('the door to the bank', () => {
  it('is looked for in all sources', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(those(/from 'node:net'/)).toContain('bank/dial.ts');
  });

  it('is the only one: nothing else opens a socket, but for our own on this machine', () => {
    const others = those(
      /(from |import |import\(|require\()['"](node:)?(net|tls|dgram)['"]/,
    ).filter((path) => !['bank/dial.ts', 'bank/listener.ts'].includes(path));
    // addresses are compared there, and nothing else
    expect(those(/(connect|createServer|Socket)\b.*'node:net'/)).not.toContain(
      'bank/allow-list.ts',
    );
    // proof of life of the journal's owner, and the operator's commands: unix sockets
    expect(
      others.filter((path) => !within(path, ['journal/', 'cli/', 'bank/allow-list.ts'])),
    ).toEqual([]);
  });

  it('has one that lets a bank in', () => {
    expect(those(/\bcreateServer\b/).filter((path) => within(path, ['bank/']))).toEqual([
      'bank/listener.ts',
    ]);
  });

  it('R7: has no HTTP client beside it', () => {
    const clients = those(
      /(from |import |import\(|require\()['"](node:)?(https?|http2)['"]|\bfetch\(|\bhttps?\.(request|get)\(|['"](undici|axios|got|node-fetch)['"]|\bXMLHttpRequest\b/,
    );
    expect(clients.filter((path) => !within(path, ['ops/', 'cli/']))).toEqual([]);
  });

  it('pure parts know no clock, no timer and no socket', () => {
    const impure = those(
      /\bDate\.now\(|\bnew Date\(\)|performance\.now\(|\bset(Timeout|Interval|Immediate)\(|Math\.random\(|['"]node:(net|tls|fs|timers)/,
    );
    expect(impure.filter((path) => within(path, ['session/', 'protocol/framing']))).toEqual([]);
  });
});
