/**
 * Copies to the build what tsc leaves behind: the Lua scripts of the store, each beside its module.
 *
 *   node scripts/copy-assets.mjs [directory of the build, default dist]
 */
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '..');
const [target = join(root, 'dist')] = process.argv.slice(2);

for (const file of readdirSync(join(root, 'src'), { recursive: true })) {
  if (file.endsWith('.lua')) cpSync(join(root, 'src', file), join(target, 'src', file));
}
