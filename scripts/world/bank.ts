/** The mock bank as a process of a world: started with a front end for every link. */
import { join } from 'node:path';
import { MAIN_ACCOUNT, MEMBER_PREFIX, type WorldOptions } from './options.ts';
import { lineOf, type Started, startProcess } from './processes.ts';

/** A busy machine takes its time. */
const BANK_WITHIN_MS = 60_000;

/** What the bank's process says when it listens. */
export interface Listening {
  readonly port: number;
  readonly ports: Readonly<Record<string, number>>;
  readonly control: number;
}

export async function startBank(options: WorldOptions): Promise<Listening & { started: Started }> {
  const logFile = join(options.directory, 'bank.log');
  const args = [
    ['--spec', join(options.specs, 'citic')],
    ['--settings', JSON.stringify(options.bankSettings ?? {})],
    ['--main-account', MAIN_ACCOUNT],
    ['--member-prefix', MEMBER_PREFIX],
    ['--seed', String(options.seed ?? 1)],
    ...(options.others ?? []).map(({ spec }) => ['--front', `${join(options.specs, spec)}:0`]),
  ].flat();
  const started = startProcess(join(options.dist, 'mock-bank', 'main.js'), args, {
    logFile,
    cwd: options.dist,
  });
  const listening = (line: string) => {
    if (!line.startsWith('{"listening":true')) return undefined;
    return JSON.parse(line) as Listening;
  };
  const ended = started.ended.then((how) => {
    throw new Error(`the bank ended with ${how}; see ${logFile}`);
  });
  const ports = await Promise.race([lineOf(started, listening, BANK_WITHIN_MS), ended]).catch(
    async (error: unknown) => {
      await started.kill();
      throw error;
    },
  );
  return { started, ...ports };
}
