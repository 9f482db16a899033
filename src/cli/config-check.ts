/** `yinqi config check`: everything a start would refuse, all at once and without starting anything. */
import { accessSync, constants } from 'node:fs';
import type { Config } from '../config.ts';
import { Faults, type SafeError } from '../errors.ts';
import { readLinkSpecs } from '../link-settings.ts';
import { readConfigFile } from './files.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

function unreadable(path: string, file: string): SafeError[] {
  try {
    accessSync(file, constants.R_OK);
    return [];
  } catch (error) {
    const detail = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return [{ code: 'CONFIG_INVALID', sentence: 'the configuration is not valid', path, detail }];
  }
}

/** Files of secrets and certificates the config names. */
function fileFaults({ links, redis }: Config): SafeError[] {
  const named: [string, string | undefined][] = [['redis.passwordFile', redis.passwordFile]];
  links.forEach(({ tls = {} }, i) => {
    const { caFile, certFile, keyFile } = tls;
    for (const [name, file] of Object.entries({ caFile, certFile, keyFile })) {
      named.push([`links.${i}.tls.${name}`, file]);
    }
  });
  return named.flatMap(([path, file]) => (file === undefined ? [] : unreadable(path, file)));
}

export function checkConfig(terminal: Terminal, path: string): void {
  const config = readConfigFile(path);
  const { faults, specs } = readLinkSpecs(config);
  const all = [...faults, ...fileFaults(config)];
  if (all.length > 0) throw new Faults('CONFIG_INVALID', all);
  const rows = config.links.map(({ name, spec }) => {
    const read = specs.get(name);
    const { en = '', zh = '' } = read?.protocol ?? {};
    return [name, spec, `${zh} ${en}`, read?.digest ?? ''];
  });
  terminal.out(`${path} is fine\nconfig digest  ${config.digest}\n`);
  terminal.out(table(['LINK', 'SPEC', 'BANK 银行', 'SPEC DIGEST'], rows));
}
