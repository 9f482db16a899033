/** The bank of a bench: it sees what reached it and answers when the test wants. */
import type { Connection, Ending, Line } from '../../src/bank/line.ts';
import { decodeRequest, readAction } from '../../src/protocol/decode.ts';
import { encodeAnswer } from '../../src/protocol/encode.ts';
import type { Values } from '../../src/protocol/message.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import type { Life } from './mortal.ts';

/** One request as the bank got it. */
export interface Asked {
  readonly action: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** what of the request's head the spec's expressions may name */
  readonly head: Readonly<Record<string, string>>;
  /** `head`: of an answer that has heads */
  answer(values: Values, head?: Record<string, string>): void;
  end(ending: Ending): void;
  late(values: Values | undefined): void;
}

export type Answering = (asked: Asked) => void;

interface Bank {
  readonly peer: string;
  readonly asked: Asked[];
  bank: Answering;
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

export function lineOf(self: Bank, spec: BankSpec, life: Life): Line {
  const connection = (): Connection => {
    let usable = true;
    return {
      get usable() {
        return usable;
      },
      send: (body) => {
        usable = false;
        if (life.dead)
          return { ended: new Promise(() => undefined), late: new Promise(() => undefined) };
        const ended = deferred<Ending>();
        const late = deferred<Uint8Array | undefined>();
        const action = readAction(spec, body);
        const bytes = (values: Values, head: Record<string, string> = {}) =>
          encodeAnswer(spec, action, values, 'GBK', head);
        const message = decodeRequest(spec, action, body);
        const asked: Asked = {
          action,
          fields: message.fields,
          head: message.head,
          answer: (values, head) => {
            ended.resolve({ type: 'answer', body: bytes(values, head) });
            late.resolve(undefined);
          },
          end: (ending) => ended.resolve(ending),
          late: (values) => late.resolve(values === undefined ? undefined : bytes(values)),
        };
        self.asked.push(asked);
        self.bank(asked);
        return { ended: ended.promise, late: late.promise };
      },
      keep: () => undefined,
      close: () => undefined,
    };
  };
  return {
    peer: self.peer,
    up: true,
    connect: async () => connection(),
    close: async () => undefined,
  };
}

/** A bank that books everything at once. */
export const books: Answering = (asked) => {
  if (asked.action === 'DLCIDSTT') {
    const row = { stt: '0', status: 'AAAAAAA', statusText: 'ok' };
    asked.answer({ status: 'AAAAAAA', statusText: 'ok', userDataList: [row] });
  } else asked.answer({ status: 'AAAAAAA', statusText: 'ok' });
};
