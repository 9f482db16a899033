import { createLedgerClient } from '../../src/queue/client.ts';

const redis = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT ?? 6379) };
const ledger = createLedgerClient({ connection: redis, link: 'citic', source: 'erp' });
ledger.onResult(async (message) => console.log(message));
const payee = { account: '6225880137721234', name: '示例供应商', sameBank: true };
await ledger.enqueue({
  v: 1,
  id: process.argv[2] ?? 'PAY_0001',
  operation: 'payment',
  body: { payee, amount: '0.37', memo: '货款' },
  createdAt: new Date().toISOString(),
  expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
});
