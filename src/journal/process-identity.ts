/**
 * Who a process is, so that a pid the kernel has given to somebody else meanwhile is never taken for it:
 * the pid counts only with the moment that process started, on the same boot of the same kernel, in the
 * same space of pids (a container has its own). All of it is read from /proc; where there is none nobody
 * is known, and nobody is killed.
 *
 * In: what /proc says. Out: identities, whether one is still running, how much processor it has used.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { z } from 'zod';

export const processIdentity = z.object({
  pid: z.number().int().positive(),
  /** ticks of the kernel since its boot, field 22 of /proc/<pid>/stat */
  started: z.string().regex(/^\d+$/),
  boot: z.string().min(1),
  /** which pids are meant: /proc/<pid>/ns/pid */
  space: z.string().min(1),
});
export type ProcessIdentity = z.infer<typeof processIdentity>;

interface Stat {
  readonly pid: number;
  readonly started: string;
  /** ticks of the processor it has used, its kernel's part included */
  readonly used: number;
}

/** The name of the program stands in brackets and may hold brackets and spaces: what counts is behind the last. */
function statOf(of: number | 'self'): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${of}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state, started] = [fields[0], fields[19]];
    const used = Number(fields[11]) + Number(fields[12]);
    // a zombie is dead: it holds nothing any more
    if (state === undefined || 'ZX'.includes(state)) return undefined;
    if (started === undefined || !Number.isFinite(used)) return undefined;
    return { pid: Number.parseInt(text, 10), started, used };
  } catch {
    return undefined;
  }
}

function place(): { boot: string; space: string } | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return { boot, space: readlinkSync('/proc/self/ns/pid') };
  } catch {
    return undefined;
  }
}

/** `pid`: our own as the system calls know it; /proc may have been mounted for another space of pids. */
export function ownIdentity(pid: number): ProcessIdentity | undefined {
  const stat = statOf('self');
  const where = place();
  if (stat === undefined || where === undefined || stat.pid !== pid) return undefined;
  return { pid, started: stat.started, ...where };
}

/** Why nothing may be concluded about, or done to, this process by its pid; undefined: it is this one, and it lives. */
export function whyNotThisOne(who: ProcessIdentity): string | undefined {
  const here = place();
  if (here === undefined) return 'there is no /proc to check its pid against';
  if (who.boot !== here.boot) return 'its record is of another boot or another machine';
  if (who.space !== here.space) return 'its pid belongs to another container';
  const stat = statOf(who.pid);
  if (stat === undefined) return 'no process has its pid';
  return stat.started === who.started ? undefined : 'its pid belongs to another process by now';
}

/** Ticks of the processor this process has used so far; undefined where that cannot be told. */
export function processorUsed(who: ProcessIdentity): number | undefined {
  return whyNotThisOne(who) === undefined ? statOf(who.pid)?.used : undefined;
}
