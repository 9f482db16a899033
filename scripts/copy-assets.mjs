/** Copies to dist what tsc leaves behind: the Lua scripts of the store, each beside its module. */
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const isAsset = (name) => name.endsWith('.lua');

for (const file of readdirSync('src', { recursive: true }).filter(isAsset)) {
  cpSync(join('src', file), join('dist', 'src', file), { recursive: true });
}
