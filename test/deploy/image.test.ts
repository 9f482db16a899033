/** Goal: what a fresh machine is given to run the gateway with is exact, sufficient and not root. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { readConfig } from '../../src/config.ts';
import { checkLinkSettings } from '../../src/link-settings.ts';
import { readSpec } from '../../src/spec-directory.ts';

const read = (file: string): string => readFileSync(file, 'utf8');
const lines = read('Dockerfile').split('\n');
const those = (instruction: string): string[] =>
  lines
    .filter((line) => line.startsWith(`${instruction} `))
    .map((line) => line.slice(instruction.length + 1));

describe('the Dockerfile', () => {
  it('builds on one exact base of a Node we run on', () => {
    const bases = those('FROM').map((line) => line.split(' ')[0]);
    expect(new Set(bases).size).toBe(1);
    const [, major] = /^node:(\d+)\.\d+\.\d+-bookworm-slim$/.exec(bases[0] ?? '') ?? [];
    expect(major).toBe('24');
    expect(packageJson.engines.node).toBe('>=20.19');
  });

  it('copies what exists, and .dockerignore lets it through', () => {
    const let_through = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = those('COPY')
      .filter((line) => !line.startsWith('--from'))
      .flatMap((line) => line.split(' ').slice(0, -1));
    for (const file of copied) {
      expect(existsSync(file), file).toBe(true);
      expect(let_through).toContain(file);
    }
    expect(let_through.sort()).toEqual([...new Set(copied)].sort());
  });

  it('can be followed line by line: no instruction goes over its line', () => {
    expect(lines.filter((line) => line.endsWith('\\'))).toEqual([]);
  });

  it('runs as no root, stops by SIGTERM, looks after itself, keeps the journal outside', () => {
    expect(those('USER')).toEqual(['node']);
    expect(those('STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(those('EXPOSE')).toEqual(['9464']);
    expect(those('VOLUME')).toEqual(['/var/lib/yinqi/journal']);
    expect(those('HEALTHCHECK')[0]).toMatch(/CMD \["node", "deploy\/healthcheck\.mjs"\]$/);
    expect(those('ENTRYPOINT')).toEqual([
      JSON.stringify(['node', packageJson.bin.yinqi]).replace(',', ', '),
    ]);
  });
});

describe('compose', () => {
  const { services } = parse(read('deploy/compose.yaml'));

  it('gives Redis what the gateway demands of it, and a limit', () => {
    const command: string[] = services.redis.command;
    const value = (flag: string) => command[command.indexOf(`--${flag}`) + 1];
    expect(value('appendonly')).toBe('yes');
    expect(value('appendfsync')).toBe('always');
    expect(value('no-appendfsync-on-rewrite')).toBe('no');
    expect(value('maxmemory-policy')).toBe('noeviction');
    expect(value('maxmemory')).toMatch(/^\d+gb$/);
    expect(services.redis.image).toMatch(/^redis:\d+\.\d+\.\d+-/);
  });

  it('starts the gateway again, once, and gives it time to stop', () => {
    const { gateway } = services;
    expect(gateway.restart).toBe('always');
    expect(gateway.deploy).toBeUndefined();
    expect(Number.parseInt(gateway.stop_grace_period, 10)).toBeGreaterThan(40);
    expect(gateway.volumes).toContain('journal:/var/lib/yinqi/journal');
    expect(gateway.ports).toEqual(['127.0.0.1:9464:9464']);
  });
});

describe('the config for the mock bank', () => {
  it('is valid against the spec', () => {
    const config = readConfig(read('deploy/yinqi.mock.yaml'));
    for (const link of config.links) {
      expect(checkLinkSettings(readSpec(`${config.specs}/${link.spec}`), link, 'links')).toEqual(
        [],
      );
    }
  });
});

describe.each(['yinqi.service', 'yinqi@.service'])('the unit %s', (name) => {
  it('starts it again and gives it time to stop', () => {
    const unit = read(`deploy/${name}`);
    expect(unit).toMatch(/^Restart=always$/m);
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(40);
    expect(unit).toContain(packageJson.bin.yinqi);
  });
});
