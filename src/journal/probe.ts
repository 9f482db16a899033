/**
 * Asks one owner socket whether its process lives, and who it is. Only a refusal by the kernel, or a name
 * that is gone, is death; everything else is life (see ownership.ts for why).
 */
import { connect } from 'node:net';
import { z } from 'zod';

const answer = z.object({
  pid: z.number().int(),
  since: z.iso.datetime(),
  role: z.enum(['candidate', 'owner']),
});
/** One line of JSON, sent to whoever connects. */
export type Answer = z.infer<typeof answer>;

/** `silent`: connected or not refused, and no answer · `leaving`: it closed without one, look again */
export type Life = 'dead' | 'silent' | 'leaving' | Answer;

export const ANSWER_MS = 1_000;
const ANSWER_BYTES_MAX = 1_024;
const DEATH = new Set(['ECONNREFUSED', 'ENOENT']);

export const answerLine = (value: Answer): string => `${JSON.stringify(value)}\n`;

function parse(line: string): Life {
  try {
    const parsed = answer.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : 'silent';
  } catch {
    return 'silent';
  }
}

/** `withinMs`: how long it may take to say who it is. */
export function probe(path: string, withinMs = ANSWER_MS): Promise<Life> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let [connected, text] = [false, ''];
    const done = (life: Life): void => {
      clearTimeout(timer);
      resolve(life);
      socket.destroy();
    };
    // our own loop may have stood still: what came meanwhile is read before silence is believed
    const timer = setTimeout(
      () => setImmediate(() => setImmediate(() => done('silent'))),
      withinMs,
    );
    socket.setEncoding('latin1');
    socket.on('connect', () => {
      connected = true;
    });
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes('\n')) done(parse(text));
      else if (text.length > ANSWER_BYTES_MAX) done('silent');
    });
    // a reset after the connect is a process that went away meanwhile: the next look says more
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (connected) done('leaving');
      else done(DEATH.has(error.code ?? '') ? 'dead' : 'silent');
    });
    socket.on('close', () => done('leaving'));
  });
}
