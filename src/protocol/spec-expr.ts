/** The words of the spec language that its other parts are made of: patterns, expressions, mappings. */
import { z } from 'zod';

/** A pattern list: exact strings, `PREFIX*`, '' for empty, `$name` for a list of `protocol.yaml: codes`. */
export const patterns = z.array(z.string()).min(1);

/** A literal or a path; `a|b` takes the first that is not empty; or a choice by the value of one. */
export type Expr = string | { [key: string]: Expr };
export const expr: z.ZodType<Expr> = z.union([
  z.string(),
  z.record(
    z.string(),
    z.lazy(() => expr),
  ),
]);

/** A transaction field takes an expression, a list takes rows of them. */
export type Exprs = Record<string, Expr | Record<string, Expr>[]>;
export const exprs: z.ZodType<Exprs> = z.record(
  z.string(),
  z.union([expr, z.array(z.record(z.string(), expr))]),
);
