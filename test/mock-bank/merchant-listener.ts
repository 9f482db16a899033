/** A merchant's listener as plain as it can be: it reads one packet, and says what the test told it to. */
import { Buffer } from 'node:buffer';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { decodeRequest, readAction } from '../../src/protocol/decode.ts';
import { encodeAnswer } from '../../src/protocol/encode.ts';
import { framerOf } from '../../src/protocol/framing/framer.ts';
import { headValues } from '../../src/protocol/framing/head-values.ts';
import type { Message, Values } from '../../src/protocol/message.ts';
import { trading } from './heads.ts';

export interface Heard {
  readonly code: string;
  readonly serial: string;
  readonly message: Message;
}

/** What the merchant does: an answer, nothing for ever, or the end of the connection. */
export type Says = { code?: string; values?: Values; serial?: string } | 'nothing' | 'close';

export interface Merchant {
  readonly port: number;
  readonly heard: Heard[];
  says: (heard: Heard) => Says;
  close(): Promise<void>;
}

function answer({ code, message }: Heard, says: Exclude<Says, string>): Uint8Array {
  const request = says.serial === undefined ? message.head : { ...message.head };
  if (says.serial !== undefined) Object.assign(request, { thirdLogNo: says.serial });
  const said = { code: says.code ?? '000000', text: '交易成功' };
  const packet = { date: '20260105', time: '093000', moment: '20260105093000' };
  const head = headValues(trading, 'answer', { request, answer: said, packet });
  return encodeAnswer(trading, code, says.values ?? { ThirdLogNo: ours(message) }, 'GBK', head);
}

/** ThirdLogNo of our own, the same for a repeat. */
export const ours = (message: Message): string => `77${(message.head.thirdLogNo ?? '').slice(-18)}`;

export async function merchant(): Promise<Merchant> {
  const heard: Heard[] = [];
  const sockets = new Set<Socket>();
  const made: Omit<Merchant, 'port' | 'close'> = { heard, says: () => ({}) };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    const reader = framerOf(trading.protocol, '').reader();
    socket.on('data', (bytes) => {
      const reading = reader.push(bytes);
      if (reading.is !== 'packet') return;
      const code = readAction(trading, reading.packet);
      const message = decodeRequest(trading, code, reading.packet);
      const one = { code, serial: message.head.thirdLogNo ?? '', message };
      heard.push(one);
      const says = made.says(one);
      if (says === 'nothing') return;
      if (says === 'close') socket.destroy();
      // the line break that the bank's demo server sends behind its answers
      else socket.end(Buffer.concat([answer(one, says), Buffer.from('\r\n')]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(made, {
    port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}
