/** HTTP as a wire: a packet is the body of one request, any method, path and content type will do. */
import { answerBytes } from './http-answer.ts';
import { RequestReader as HttpReader } from './http-request.ts';
import type { Read, RequestReader, Wire } from './wire.ts';

function reader(): RequestReader {
  const inner = new HttpReader();
  return {
    push: (bytes) => inner.push(bytes),
    next: (): Read => {
      const read = inner.next();
      return read.is === 'request'
        ? { is: 'request', packet: read.request.body, close: read.request.close }
        : read;
    },
  };
}

export const httpWire: Wire = { name: 'http', answersBroken: true, reader, bytes: answerBytes };
