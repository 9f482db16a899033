/** Files a command is pointed at. In: a path. Out: bytes, or a fault that names the path and the errno. */
import { readFileSync } from 'node:fs';
import { type Config, readConfig } from '../config.ts';
import { YinqiError } from '../errors.ts';

export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new YinqiError('CONFIG_INVALID', { path, detail: code });
  }
}

export const readConfigFile = (path: string): Config & { digest: string } =>
  readConfig(readBytes(path).toString('utf8'));
