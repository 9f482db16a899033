/** How people decide about an order through the admin socket of the gateway. */

export type Ask = (
  method: 'GET' | 'POST',
  path: string,
  body?: object,
) => Promise<{ status: number; text: string } | undefined>;

export interface Decided {
  readonly id: string;
  readonly link: string;
  readonly source: string;
  readonly outcome: 'succeeded' | 'failed';
  readonly evidence: string;
}

/** True when the gateway took it. */
export async function decide(ask: Ask, decision: Decided): Promise<boolean> {
  const taken = await ask('POST', '/resolve', { ...decision, who: 'Li and Wang' });
  return taken?.status === 200;
}
