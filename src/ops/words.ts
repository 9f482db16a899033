/** What a person writes, as the admin side takes it. */
import { z } from 'zod';

/** A name or a sentence of a person; control characters could hide part of it from the next reader. */
export const words = (least: number, most: number) =>
  z
    .string()
    .trim()
    .min(least)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]*$/u);
