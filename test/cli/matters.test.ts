/** Goal: people see what lies open, masked, and propose to close it. */
import { expect, it } from 'vitest';
import { door } from './door.ts';
import { ground, yinqi } from './ground.ts';

const { path } = ground();
const PENDING = {
  link: 'citic',
  source: 'erp',
  id: 'P1',
  operation: 'transfer',
  reason: 'completing',
  asked: 3,
  age: 93_800,
};
const CONTRADICTION = {
  link: 'citic',
  source: 'erp',
  id: 'P2',
  record: 44,
  age: 60,
  final: 'failed',
  evidence: 'succeeded',
  code: 'AAAAAAA',
  serial: '20261124ABCDEFGHIJKL',
};
const UNCLAIMED = {
  link: 'citic',
  record: 45,
  age: 5,
  event: 'unclaimed-bytes',
  peer: '192.0.2.10:6789\u001b[2J',
  bytes: 812,
  digest: '4b107c4fd52fc4703698a2964a111c7f',
};

const at = door(
  () => path('admin.sock'),
  (asked) => ({
    pending: () => [PENDING],
    contradictions: async () => [CONTRADICTION],
    unclaimed: async () => [UNCLAIMED],
    propose: async (wish) => {
      asked.push(wish);
      return { proposal: 46 };
    },
    approve: async () => ({ outcome: 'closed', record: 47 }),
  }),
);

const run = (...args: string[]) =>
  yinqi([...args, '--socket', path('admin.sock')], { env: { YINQI_TOKEN: 'any' } });

it.each([
  ['pending', /^1d 2h +citic +erp +P1 +transfer +completing/m, [PENDING]],
  ['contradictions', /^1m.* +citic +erp +P2 +failed +succeeded +AAAAAAA .* 44$/m, [CONTRADICTION]],
  ['unclaimed', /^45 +5s +citic +unclaimed-bytes +192\.0\.2\.10:6789.* 812 /m, [UNCLAIMED]],
])('%s is a table, or JSON', async (command, row, lines) => {
  const ran = await run(command);
  expect(ran).toMatchObject({ exit: 0, err: '' });
  expect(ran.out).toMatch(row);
  expect(ran.out).not.toContain('\u001b');
  const list = command === 'pending' ? [command] : [command, 'list'];
  expect(JSON.parse((await run(...list, '--json')).out)).toEqual(lines);
});

it('says so when nothing lies open', async () => {
  at().operator.pending = () => [];
  at().operator.contradictions = async () => [];
  at().operator.unclaimed = async () => [];
  expect((await run('pending')).out).toBe('nothing is pending');
  expect((await run('contradictions')).out).toBe('nothing is contradicted');
  expect((await run('unclaimed')).out).toBe('nothing is unclaimed');
});

it('proposes to close one of either, by name or by number', async () => {
  const reason = 'the payee has paid it back';
  const who = ['--who', 'Li Hua'];
  const first = await run(
    'contradictions',
    'close',
    'P2',
    '--source',
    'erp',
    '--reason',
    reason,
    ...who,
  );
  expect(first).toMatchObject({ exit: 0, out: expect.stringContaining('proposal 46, by Li Hua') });
  await run('unclaimed', 'close', '45', '--reason', reason, ...who);
  expect(at().asked).toEqual([
    { action: 'close', subject: 'P2', source: 'erp', evidence: reason, who: 'Li Hua' },
    { action: 'close', subject: '45', evidence: reason, who: 'Li Hua' },
  ]);
});
