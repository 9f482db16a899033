/** The control API of a bank in another process, as functions that answer promises. */

import { z } from 'zod';
import { InputRefused, refuse } from './context.ts';
import { type RemoteControl, ROUTES, type Route } from './routes.ts';

const refusal = z.object({ faults: z.array(z.object({ path: z.string(), message: z.string() })) });

async function call(
  base: string,
  { method, path }: Pick<Route<z.ZodType, unknown>, 'method' | 'path'>,
  input: unknown,
): Promise<unknown> {
  const url = new URL(path, base);
  const init: RequestInit = { method };
  if (method === 'GET') {
    for (const [name, value] of Object.entries(input ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
  } else if (input !== undefined) {
    init.headers = { 'content-type': 'application/json' };
    init.body = JSON.stringify(input);
  }
  const response = await fetch(url, init);
  const told: unknown = await response.json();
  if (response.ok) return told;
  const refused = refusal.safeParse(told);
  throw refused.success
    ? new InputRefused(refused.data.faults)
    : refuse('', `HTTP ${response.status}`);
}

export type { RemoteControl };

/** `base`: e.g. `http://127.0.0.1:7001` */
export function remoteControl(base: string): RemoteControl {
  const functions = Object.entries(ROUTES).map(([name, route]) => [
    name,
    (input?: unknown) => call(base, route, input),
  ]);
  // as in local.ts: one table, one type
  return Object.fromEntries(functions) as RemoteControl;
}
