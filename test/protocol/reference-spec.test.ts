/** The reference protocol's own spec: loaded, linted, and as its page says. */
import { expect, it } from 'vitest';
import { Faults } from '../../src/errors.ts';
import { readSpec } from '../../src/spec-directory.ts';

it('loads without a fault', () => {
  try {
    readSpec('protocol-specs/reference');
  } catch (error) {
    expect(error instanceof Faults ? error.faults : error).toEqual([]);
  }
});
