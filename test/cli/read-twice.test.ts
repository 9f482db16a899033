/** Two links that read one account would tell its money twice: such a config is refused, by the path of the field. */
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { Faults } from '../../src/errors.ts';

const ACCOUNT = '6217000000000000001';

const link = (
  name: string,
  settings: Record<string, string>,
  accounts: string[],
  spec = 'citic',
) => ({
  name,
  spec,
  host: '127.0.0.1',
  port: 6789,
  settings,
  credits: { accounts },
});

function faultsOf(...links: ReturnType<typeof link>[]) {
  const all = {
    redis: { url: 'redis://127.0.0.1:6379' },
    journal: { directory: '/var/lib/yinqi' },
    links,
    sources: [{ name: 'erp', links: { [links[0]?.name ?? '']: {} } }],
  };
  try {
    readConfig(JSON.stringify(all));
    return [];
  } catch (error) {
    if (!(error instanceof Faults)) throw error;
    expect(JSON.stringify(error.faults)).not.toContain(ACCOUNT);
    return error.faults.map(({ path, detail }) => ({ path, detail }));
  }
}

describe('money that two links would tell', () => {
  it('of one customer: refused, and not where they are two', () => {
    const one = link('a', { userName: 'u', mainAccount: '1' }, []);
    expect(faultsOf(one, link('b', { mainAccount: '1', userName: 'u' }, []))).toEqual([
      {
        path: 'links.1.settings',
        detail: 'links.0 has the same: the money that comes in would be told twice',
      },
    ]);
    expect(faultsOf(one, link('b', { userName: 'u', mainAccount: '2' }, []))).toEqual([]);
  });

  it('of one account: refused, and not at two banks', () => {
    const one = link('a', { userName: 'u' }, ['6217000000000000009', ACCOUNT]);
    expect(faultsOf(one, link('b', { userName: 'v' }, [ACCOUNT]))).toMatchObject([
      { path: 'links.1.credits.accounts.0' },
    ]);
    expect(faultsOf(one, link('b', { userName: 'v' }, [ACCOUNT], 'cms'))).toEqual([]);
  });

  it('of an account that one link names twice: refused', () => {
    expect(faultsOf(link('a', {}, [ACCOUNT, ACCOUNT]))).toEqual([
      {
        path: 'links.0.credits.accounts.1',
        detail: 'stands twice: the money that comes in would be told twice',
      },
    ]);
  });

  it('of customers that nothing names: not refused', () => {
    expect(faultsOf(link('a', {}, []), link('b', {}, []))).toEqual([]);
  });
});
