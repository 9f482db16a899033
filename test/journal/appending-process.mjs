// A process that appends records until it cannot. Arguments: compiled project, directory, records as JSON.
// Says how many were synced, and the code of the error that ended it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , project, directory, batch] = process.argv;
const { openJournal } = await import(pathToFileURL(join(project, 'src/journal/journal.js')).href);
let fatal = 0;
const journal = await openJournal(directory, {
  now: () => new Date(),
  onFatal: () => {
    fatal += 1;
  },
});
let synced = 0;
try {
  for (;;) synced += (await journal.append(JSON.parse(batch))).length;
} catch ({ code, detail }) {
  process.stdout.write(JSON.stringify({ synced, fatal, code, detail }));
}
