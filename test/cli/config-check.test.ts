/** Goal: a check finds every fault a start would refuse, all at once, with its place and without values. */
import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXAMPLE, ground, yinqi } from './ground.ts';

const { config, path, write } = ground();

const check = (file: string) => yinqi(['config', 'check', '--config', file]);

describe('config check', () => {
  it('accepts the example and prints digests', async () => {
    const ran = await check(EXAMPLE);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toMatch(/deploy\/yinqi\.example\.yaml is fine\nconfig digest {2}[0-9a-f]{64}/);
    expect(ran.out).toMatch(/citic {2}citic {2}中信银行 China CITIC Bank {2}[0-9a-f]{64}/);
    expect(ran.out).not.toMatch(/(?<![0-9a-f])\d{12,}(?![0-9a-f])/);
  });

  it('names a file that is not there', async () => {
    expect(await check(path('none.yaml'))).toMatchObject({
      exit: 1,
      out: '',
      err: `CONFIG_INVALID at ${path('none.yaml')}: the configuration is not valid (ENOENT)`,
    });
  });

  it('names every fault of the settings of a link, with no value in it', async () => {
    const secret = '6222021234567890123';
    const file = config(({ links: [link] }) => {
      link.settings = {
        userName: '',
        mainAccount: `${secret}9`,
        transferFlag: '2',
        password: secret,
      };
      link.charset = 'UTF-8';
      link.native = ['DLMDETRN', 'NOSUCH'];
    });
    const ran = await check(file);
    expect(ran).toMatchObject({ exit: 1, out: '' });
    expect(ran.err.split('\n')).toEqual([
      'CONFIG_INVALID at links.0.settings.password: the configuration is not valid (the spec of citic asks for no such setting)',
      'CONFIG_INVALID at links.0.settings.userName: the configuration is not valid (missing: 登录名)',
      expect.stringMatching(/links\.0\.settings\.mainAccount: .*主体账号 must match \^/),
      expect.stringMatching(/links\.0\.settings\.transferFlag: .*转账时效标识 must match/),
      expect.stringMatching(/links\.0\.charset: .*the bank takes GBK, GB18030/),
      expect.stringMatching(/links\.0\.native\.1: .*no such transaction/),
    ]);
    expect(ran.err).not.toContain(secret);
  });

  it('names rights that stand for nothing', async () => {
    const file = config(({ sources: [source] }) => {
      source.links = { citic: { operations: ['transfer', 'transfr', 'DLMDETRN'] } };
    });
    const ran = await check(file);
    expect(ran.err).toBe(
      'CONFIG_INVALID at sources.0.links.citic.operations.1: the configuration is not valid (the spec has no such operation or transaction)',
    );
  });

  it('names every fault of a spec once, though two links use it', async () => {
    const file = config((all) => {
      all.specs = path('specs');
      const [first] = all.links;
      const settings = { ...first.settings, mainAccount: '7110210187000000009' };
      all.links = [first, { ...first, name: 'second', settings }];
    });
    const ran = await check(file);
    expect(ran.exit).toBe(1);
    expect(ran.err).toBe(
      `SPEC_INVALID at ${path('specs')}/citic: the protocol spec is not valid (ENOENT)`,
    );
  });

  it('names every fault the schema finds', async () => {
    const file = config((all) => {
      all.surprise = 1;
      all.links[0].port = 'x';
      all.links[0].windows = 2;
    });
    const ran = await check(file);
    expect(ran.exit).toBe(1);
    for (const at of ['surprise', 'links.0.port', 'links.0.windows']) {
      expect(ran.err).toContain(`CONFIG_INVALID at ${at}: `);
    }
  });

  it('names files of secrets and certificates that cannot be read', async () => {
    const key = write('key.pem', 'x');
    chmodSync(key, 0o600);
    const file = config((all) => {
      all.redis.passwordFile = path('password');
      all.links[0].tls = { caFile: path('ca.pem'), keyFile: key };
    });
    const ran = await check(file);
    expect(ran.err.split('\n')).toEqual([
      'CONFIG_INVALID at redis.passwordFile: the configuration is not valid (ENOENT)',
      'CONFIG_INVALID at links.0.tls.caFile: the configuration is not valid (ENOENT)',
    ]);
  });

  it('says nothing of what a broken YAML contains', async () => {
    const ran = await check(write('bad.yaml', 'links: [6222021234567890123\n'));
    expect(ran.exit).toBe(1);
    expect(ran.err).not.toContain('6222021234567890123');
  });
});
