/** What a ledger sends, and what it is told. */
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { OutEntry } from '../../src/queue/publisher.ts';

export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not there');
  return value;
}

export const envelopeOf = (
  id: string,
  operation: string,
  body: Record<string, unknown>,
  more: Partial<Envelope> = {},
): Envelope => ({
  v: 1,
  id,
  operation,
  body,
  createdAt: new Date(Date.now() - 1_000).toISOString(),
  expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  ...more,
});

export const TRANSFER = {
  from: '7110210187000012345',
  to: '7110210187000054321',
  toName: '张三',
  amount: '12.30',
};

export const MEMBER = {
  name: '张三',
  legalPerson: '张三',
  certificateType: '0',
  certificate: '110101199001011234',
  address: '北京',
  contact: '张三',
  phone: '13800000000',
  email: 'a@example.com',
  payout: { account: '6217000000000001', name: '张三', sameBank: true },
};

/** Until it holds; a test that waits in vain says so by its name. */
export async function until(holds: () => unknown | Promise<unknown>, ms = 8_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Results published about `id`, oldest first. */
export const results = (
  self: { readonly published: readonly OutEntry[] },
  id: string,
): Record<string, unknown>[] =>
  self.published
    .filter(({ queue }) => queue === 'results')
    .map(({ data }) => data as Record<string, unknown>)
    .filter((data) => data.id === id);
