/**
 * The process that seals one day, beside the owner of the journal: compressing in the same process would make
 * each fdatasync of the owner wait. Its orders are one argument of JSON; it ends with code 0 when the day is
 * sealed, else with 1 and one line of JSON (code and detail of the error) on stderr. It ends at once when its
 * owner does: its standard input closes.
 *
 * YINQI_SEAL_FAILPOINT=<n> kills it before the n-th step that changes the disk; only tests set it.
 */
import { setPriority } from 'node:os';
import { safeError } from '../../errors.ts';
import { clearBodies, encryptedBodies } from '../bodies.ts';
import { type Disk, realDisk } from '../disk.ts';
import { openKeys } from '../keys.ts';
import { sealOrders } from './orders.ts';
import { sealDay } from './seal-day.ts';

const BELOW_NORMAL = 10;

/** The real disk, up to the step this process is to be killed at. */
function diskUntil(steps: number): Disk {
  let left = steps;
  const step = <T>(act: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
    return act();
  };
  return {
    ...realDisk,
    create: async (path) => {
      const file = await step(() => realDisk.create(path));
      const { datasync, write } = file;
      return {
        ...file,
        write: (bytes, position) => step(() => write(bytes, position)),
        datasync: () => step(() => datasync()),
      };
    },
    rename: (from, to) => step(() => realDisk.rename(from, to)),
    makeDirectory: (path) => step(() => realDisk.makeDirectory(path)),
    syncDirectory: (path) => step(() => realDisk.syncDirectory(path)),
  };
}

async function run(): Promise<void> {
  const orders = sealOrders.parse(JSON.parse(process.argv[2] ?? ''));
  const { day, directory, encryption, identity, mark } = orders;
  const failpoint = process.env.YINQI_SEAL_FAILPOINT;
  const disk = failpoint === undefined ? realDisk : diskUntil(Number(failpoint));
  const key =
    encryption === undefined ? undefined : await openKeys(disk, directory, identity, encryption);
  const bodies = key === undefined ? clearBodies : encryptedBodies(key, identity);
  await sealDay({ disk, directory, identity, bodies }, day, mark);
}

process.stdin.on('end', () => process.exit(1)).resume();
setPriority(BELOW_NORMAL);
run().then(
  () => process.exit(0),
  (error: unknown) => {
    const { code, detail } = safeError(error);
    process.stderr.write(`${JSON.stringify({ code, detail })}\n`, () => process.exit(1));
  },
);
