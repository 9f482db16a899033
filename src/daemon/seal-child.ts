/** Seals days in a child process (journal/sealing/child.ts), one at a time. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { YinqiError } from '../errors.ts';
import type { KeyFiles } from '../journal/keys.ts';
import type { SealOrders } from '../journal/sealing/orders.ts';
import type { SealDay } from '../journal/sealing/turning.ts';

const HERE = import.meta.url;
const CHILD = fileURLToPath(new URL(`../journal/sealing/child${extname(HERE)}`, HERE));
const SAID_MAX = 1_000;

const failed = (day: string, detail: string): YinqiError =>
  new YinqiError('JOURNAL_SEAL', { path: day, detail });

/** The child has no secret on its command line: it reads the key files itself. */
export const sealInChild =
  (encryption: KeyFiles | undefined): SealDay =>
  ({ directory, identity }, day) => {
    const orders: SealOrders = {
      directory,
      identity,
      day,
      mark: `.${randomBytes(4).toString('hex')}`,
      ...(encryption === undefined ? {} : { encryption }),
    };
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [CHILD, JSON.stringify(orders)], {
        // it ends when this pipe does
        stdio: ['pipe', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (bytes: Buffer) => {
        said = `${said}${bytes.toString('utf8')}`.slice(0, SAID_MAX);
      });
      child.on('error', (error) => reject(failed(day, error.name)));
      child.on('close', (code, signal) => {
        if (code === 0) resolve();
        else
          reject(
            failed(day, /"detail":"([^"]*)"/.exec(said)?.[1] ?? `child ended: ${signal ?? code}`),
          );
      });
    });
  };
