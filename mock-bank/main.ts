/**
 * The mock bank as a process:
 *
 *   node dist/mock-bank/main.js --port 6789 --control 6790 --spec protocol-specs/citic
 *
 * Prints one line of JSON when it listens: {"listening":true,"host":…,"port":…,"ports":{"citic":…},"control":…,"pid":…}.
 * Its books live as long as the process and no longer. `--state-file` writes them down once, on SIGTERM
 * or SIGINT, to be looked at afterwards; they are never read back.
 */
import { writeFileSync } from 'node:fs';
import { Faults, safeError } from '../src/errors.ts';
import { readArguments, WrongArguments } from './arguments.ts';
import { type MockBank, startMockBank } from './start.ts';

/** Everything the oracles ask for, in one file. */
function writeState(file: string, { control }: MockBank): void {
  const { ledger, entries, executions, orders, credits, obligations, violations } = control;
  const parts = [
    ledger(),
    entries(),
    executions(),
    orders(),
    credits(),
    obligations(),
    violations(),
  ];
  writeFileSync(file, `${JSON.stringify(Object.assign({}, ...parts), null, 2)}\n`);
}

/** What went wrong in words: file and path of every fault of a spec, or the system's own message. */
function told(error: unknown): string {
  if (error instanceof Faults) {
    return error.faults.map(({ path = '', detail = '' }) => `${path}: ${detail}`).join('\n');
  }
  const { code, path, detail } = safeError(error);
  return error instanceof WrongArguments
    ? error.message
    : [code, path, detail].filter(Boolean).join(' ');
}

async function main(): Promise<void> {
  const { options, stateFile } = readArguments(process.argv.slice(2));
  const mock = await startMockBank(options);
  const stop = async (): Promise<void> => {
    if (stateFile !== undefined) writeState(stateFile, mock);
    await mock.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
  const { host, port, ports, controlPort: control } = mock;
  const line = { listening: true, host, port, ports, control, pid: process.pid };
  console.log(JSON.stringify(line));
}

main().catch((error: unknown) => {
  console.error(told(error));
  process.exitCode = 2;
});
