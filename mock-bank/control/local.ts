/** The control API as plain functions of a bank in the same process. */
import type { Context } from './context.ts';
import { type Control, ROUTES, run } from './routes.ts';

export function localControl(context: Context): Control {
  const functions = Object.entries(ROUTES).map(([name, route]) => [
    name,
    (input?: unknown) => run(context, route, input),
  ]);
  // the table and the type are made from the same rows; only the loop forgets which is which
  return Object.fromEntries(functions) as Control;
}
