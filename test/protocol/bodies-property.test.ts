/** What holds for every body of every form: it comes back as it was meant, or the encoder names what it cannot carry. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { YinqiError } from '../../src/errors.ts';
import { decodeAnswer, decodeRequest } from '../../src/protocol/decode.ts';
import { describe as describePacket } from '../../src/protocol/describe.ts';
import { encodeAnswer, encodeRequest, valuesOf } from '../../src/protocol/encode.ts';
import type { Row, Values } from '../../src/protocol/message.ts';
import { amp, ap, HEADS, packet, result } from './other-banks.ts';

/** Trail bytes of GBK reach down to 0x40; none is a delimiter. */
const char = fc.oneof(
  fc.integer({ min: 0x4e00, max: 0x9fa5 }).map((point) => String.fromCodePoint(point)),
  fc.integer({ min: 0x21, max: 0x7e }).map((point) => String.fromCodePoint(point)),
);
const text = (chars: number, without = '') =>
  fc.array(char, { maxLength: chars }).map((all) => all.filter((one) => one !== without).join(''));
const amount = fc.bigInt({ min: -(10n ** 15n - 1n), max: 10n ** 15n - 1n });
const filled = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== ''));

const head = { code: 'LIST', ret: '0000', say: '成功' };

describe('a delimited body', () => {
  const row = fc.record({ no: text(10, '&'), who: text(10, '&'), sum: amount });

  it('gives back any answer, byte by byte', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), text(20, '&'), (items, Reserve) => {
        const bytes = encodeAnswer(amp, 'LIST', { items, Reserve }, 'GBK', head);
        const message = decodeAnswer(amp, 'LIST', bytes);
        expect(valuesOf(message)).toEqual({
          n: String(items.length),
          ...filled({ Reserve }),
          items: items.map(filled),
        });
        expect(encodeAnswer(amp, 'LIST', valuesOf(message), 'GBK', message.head)).toEqual(bytes);
      }),
    );
  });

  it('never lets a value be taken for its neighbour: it comes back, or its field is named', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 6 }), fc.boolean(), (value, inRow) => {
        const one = `x${value}`;
        const values: Values = inRow ? { name: 'x', pays: [{ no: one }] } : { name: one };
        try {
          const bytes = encodeRequest(amp, 'LIST', values, 'GBK', { code: 'LIST' });
          const { fields, lists } = decodeRequest(amp, 'LIST', bytes);
          expect(inRow ? lists.pays : fields.name).toEqual(inRow ? [{ no: one }] : one);
        } catch (error) {
          expect(error).toBeInstanceOf(YinqiError);
          expect((error as YinqiError).path).toBe(inRow ? 'pays.0.no' : 'name');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of any bytes is read or refused, and described or refused, by a code', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('&', '0', '1', '张', 'x', '1.00', '\n', '')),
        (parts) => {
          const bytes = packet('LIST', '0000', '', parts.join(''));
          for (const read of [
            () => decodeAnswer(amp, 'LIST', bytes),
            () => describePacket(amp, bytes, 'LIST'),
            () => describePacket(amp, bytes),
          ]) {
            try {
              read();
            } catch (error) {
              expect(error).toBeInstanceOf(YinqiError);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('of whom nothing is missing is never read short: no prefix is the answer', () => {
    const body = '2&2&S1&张三&1.00&S2&李四&3.50&&';
    const bytes = packet('LIST', '0000', '', body);
    for (let length = HEADS + 1; length < bytes.length; length++) {
      const cut = Buffer.from(bytes.subarray(0, length));
      cut.write(String(length - HEADS).padStart(4, '0'), 1, 'latin1');
      expect(() => decodeAnswer(amp, 'LIST', cut)).toThrow(YinqiError);
    }
  });
});

describe('XML', () => {
  it('with repeated lists gives back any answer', () => {
    const row = fc.record({ No: text(2), Desc: text(10) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), text(10), (list, Desc) => {
        const values = { Desc, End: 'Y', ...(list.length === 0 ? {} : { list }) };
        const bytes = encodeAnswer(result, 'LIST', values, 'GBK', head);
        const message = decodeAnswer(result, 'LIST', bytes);
        expect(valuesOf(message)).toEqual({
          ...filled({ Desc, End: 'Y' }),
          ...(list.length === 0 ? {} : { list: list.map(filled) }),
        });
        expect(encodeAnswer(result, 'LIST', valuesOf(message), 'GBK', message.head)).toEqual(bytes);
      }),
    );
  });

  it('in sections gives back any answer, under either root', () => {
    const own = fc.record({ req_no: text(4), ret_info: text(20), origNo: text(4) });
    const rows = fc.array(fc.record({ no: text(4) }), { maxLength: 3 });
    fc.assert(
      fc.property(own, rows, (fields, list) => {
        const values = { tr_code: 'ASK', ret_code: '0000', ...fields, rows: list };
        const bytes = encodeAnswer(ap, 'ASK', values, 'GBK');
        expect(valuesOf(decodeAnswer(ap, 'ASK', bytes))).toEqual({
          ...filled({ tr_code: 'ASK', ret_code: '0000', ...fields }),
          rows: list.map(filled),
        });
      }),
    );
  });
});
