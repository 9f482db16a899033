/** How a mock bank is started, in this process and by arguments. */
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../mock-bank/arguments.ts';
import { startMockBank } from '../../mock-bank/start.ts';
import { ask, specDirectory } from './support.ts';

describe('startMockBank', () => {
  it('reads the spec, takes other account numbers, and gives its ports back', async () => {
    const mainAccount = '8000000000000000009';
    const options = {
      spec: specDirectory,
      mainAccount,
      memberPrefix: '31107',
      mainBalance: '5.00',
    };
    const mock = await startMockBank({ ...options, settings: { noSuchSerialForm: 'outer' } });
    const { number } = mock.control.openAccount({ tail: '12345678901234', name: '会员' });
    expect(number).toBe('3110712345678901234');
    const { lists } = await ask(mock.port, 'DLSBALQR', {
      accountNo: mainAccount,
      subAccNo: number,
    });
    expect(lists.userDataList).toMatchObject([{ XSACVL: 500n, KYAMT: 0n }]);
    await mock.close();
    const again = await startMockBank({
      ...options,
      port: mock.port,
      controlPort: mock.controlPort,
    });
    // the books lived in the first one and nowhere else
    const numbers = again.control.ledger().accounts.map((account) => account.number);
    expect(numbers).not.toContain(number);
    await again.close();
  });

  it.each([
    { mainAccount: '12' },
    { memberPrefix: '1234' },
    { mainBalance: '1' },
    { settings: { settleMs: -1 } },
    { spec: '/nowhere' },
  ])('refuses %j', async (options) => {
    await expect(startMockBank({ spec: specDirectory, ...options })).rejects.toThrow();
  });

  it('leaves no port open when the other one is taken', async () => {
    const mock = await startMockBank({ spec: specDirectory });
    const clash = { spec: specDirectory, controlPort: mock.controlPort };
    await expect(startMockBank(clash)).rejects.toThrow('EADDRINUSE');
    await mock.close();
  });
});

describe('arguments', () => {
  it('have defaults, and go where they belong', () => {
    expect(readArguments([])).toMatchObject({ options: { port: 0, controlPort: 0 } });
    const args = [
      '--port',
      '6789',
      '--control',
      '6790',
      '--seed',
      '5',
      '--settings',
      '{"settleMs":9}',
    ];
    expect(readArguments([...args, '--state-file', 'x.json'])).toMatchObject({
      options: {
        port: 6789,
        controlPort: 6790,
        seed: 5,
        settings: { settleMs: 9, keepAlive: true },
      },
      stateFile: 'x.json',
    });
  });

  it('front ends before one bank, and whom it calls', () => {
    const args = ['--front', 'a/b:7072', '--front', 'C:\\c:0', '--push-to', '::1:3001'];
    expect(readArguments(args).options).toMatchObject({
      fronts: [
        { spec: 'a/b', port: 7072 },
        { spec: 'C:\\c', port: 0 },
      ],
      pushTo: { host: '::1', port: 3001 },
    });
  });

  it.each([
    [['--front', 'x'], '--front'],
    [['--push-to', 'x'], '--push-to'],
    [['--port', 'x'], '--port'],
    [['--port', '70000'], '--port'],
    [['--settings', '{'], '--settings'],
    [['--settings', '{"a":1,"settleMs":-1}'], '--settings settleMs'],
    [['--no-such'], 'usage'],
  ])('%j is refused', (args, word) => {
    expect(() => readArguments(args)).toThrow(word);
  });
});
