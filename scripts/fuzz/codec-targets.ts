/** Packets of every bank: answers and requests through the codec, and what they are judged and shown as. */
import { decodeAnswer, decodeRequest, readAction } from '../../src/protocol/decode.ts';
import { describe, render } from '../../src/protocol/describe.ts';
import { judge, rulesFor } from '../../src/protocol/judge.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import { readPush } from '../../src/pushes/push.ts';
import { sessionCodec } from '../../src/session/session-packets.ts';
import { banksIn, bank as goldenOf, named, unnamed } from './golden.ts';
import { ended, must, type Target } from './target.ts';

const PACKET_BYTES_MAX = 256 * 1024;
const SHOWN_CHARACTERS_MAX = 20 * PACKET_BYTES_MAX;

function answer(spec: BankSpec, input: Uint8Array): string {
  const { code, bytes } = unnamed(input);
  const shown = ended(() => render(describe(spec, bytes, code)));
  must(shown.length < SHOWN_CHARACTERS_MAX, 'a packet is shown longer than twenty times its bytes');
  return ended(() => {
    const message = decodeAnswer(spec, code, bytes);
    const verdict = judge(spec, rulesFor(spec, code), message, {});
    return `${verdict.says} ${verdict.ended ?? ''}`;
  });
}

function request(spec: BankSpec, input: Uint8Array): string {
  const { bytes } = unnamed(input);
  const pushed = ended(() => `push ${readPush(spec, 'link', bytes).code}`);
  ended(() => render(describe(spec, bytes)));
  const read = ended(() => {
    const code = readAction(spec, bytes);
    decodeRequest(spec, code, bytes);
    return code;
  });
  return `${read} · ${pushed}`;
}

function session(spec: BankSpec): Target {
  const codec = sessionCodec(spec.protocol, 'GB18030');
  const seeds = (['signOn', 'heartbeat', 'gapFill', 'dayChange', 'signOff'] as const).flatMap(
    (kind) => {
      try {
        return [
          codec.make({
            kind,
            day: '20260924',
            elements: { from: '1', to: '2', day: '20260924', next: '1' },
          }),
        ];
      } catch {
        return [];
      }
    },
  );
  return {
    name: `session-${spec.protocol.bank}`,
    seeds,
    bytesMax: PACKET_BYTES_MAX,
    run: (input) =>
      ended(() => {
        const packet = codec.read(input);
        return `${packet.kind} ${packet.element('next') === '' ? 'bare' : 'with elements'}`;
      }),
  };
}

export function codecTargets(specs: string): Target[] {
  return banksIn(specs).flatMap((name): Target[] => {
    const { samples, spec } = goldenOf(specs, name);
    const of = (side: 'request' | 'answer', run: typeof answer): Target => ({
      name: `${side}-${name}`,
      seeds: samples.filter((sample) => sample.side === side).map(named),
      bytesMax: PACKET_BYTES_MAX,
      run: (input) => run(spec, input),
    });
    const kept = spec.protocol.connection.session === undefined ? [] : [session(spec)];
    return [of('answer', answer), of('request', request), ...kept];
  });
}
