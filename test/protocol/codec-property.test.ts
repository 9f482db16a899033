/** What holds for every message, not only for those someone thought of. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { YinqiError } from '../../src/errors.ts';
import { encodeText } from '../../src/protocol/charset.ts';
import { decodeAnswer, decodeRequest, readAction } from '../../src/protocol/decode.ts';
import { encodeAnswer, encodeRequest, valuesOf } from '../../src/protocol/encode.ts';
import { formatDecimal } from '../../src/protocol/field.ts';
import type { Row, Values } from '../../src/protocol/message.ts';
import { citic, gbk, small } from './ground.ts';

/** Characters of GBK's two-byte area, of ASCII, and those XML escapes. */
const gbkChar = fc.oneof(
  fc.integer({ min: 0x4e00, max: 0x9fa5 }).map((point) => String.fromCodePoint(point)),
  fc.integer({ min: 0x20, max: 0x7e }).map((point) => String.fromCodePoint(point)),
  fc.constantFrom('<', '>', '&', '"', "'", '　', '·', '（', '）'),
);
const gbkText = (bytes: number) =>
  fc
    .array(gbkChar, { maxLength: bytes / 2 })
    .map((chars) => chars.join(''))
    .filter((text) => text === '' || text.trim() !== '');

const transfer = fc.record({
  clientID: fc.stringMatching(/^[0-9A-Z]{1,20}$/),
  payAccNo: fc.stringMatching(/^\d{1,19}$/),
  recvAccNo: fc.stringMatching(/^\d{1,19}$/),
  recvAccNm: gbkText(122).filter((text) => text !== ''),
  memo: gbkText(102),
  tranAmt: fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }),
});
const fixed = {
  userName: 'demo01',
  accountNo: '8110700000000000001',
  tranType: 'BF',
  tranFlag: '1',
};

const filled = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

describe('encode and decode', () => {
  it('give back any request as it was meant', () => {
    fc.assert(
      fc.property(transfer, (order) => {
        const values = { ...fixed, ...order };
        const bytes = encodeRequest(citic, 'DLMDETRN', values, 'GBK');
        expect(readAction(citic, bytes)).toBe('DLMDETRN');
        const message = decodeRequest(citic, 'DLMDETRN', bytes);
        expect(message.extra).toEqual({});
        expect(valuesOf(message)).toEqual({ action: 'DLMDETRN', ...filled(values) });
      }),
    );
  });

  it('mean the same by a bigint and by its text', () => {
    fc.assert(
      fc.property(transfer, (order) => {
        const text = { ...order, tranAmt: formatDecimal(order.tranAmt, 2) };
        const bytes = (values: Values) =>
          encodeRequest(citic, 'DLMDETRN', { ...fixed, ...values }, 'GBK');
        expect(bytes(text)).toEqual(bytes(order));
      }),
    );
  });

  it('give back any answer, with negative amounts and any number of rows', () => {
    const row = fc.record({
      subAccNo: fc.stringMatching(/^\d{1,19}$/),
      SUBACCNM: gbkText(122),
      KYAMT: fc.bigInt({ min: -(10n ** 15n - 1n), max: 10n ** 15n - 1n }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), gbkText(254), (userDataList, statusText) => {
        const values: Values = { status: 'AAAAAAA', statusText, userDataList };
        const message = decodeAnswer(
          citic,
          'DLSBALQR',
          encodeAnswer(citic, 'DLSBALQR', values, 'GBK'),
        );
        expect(valuesOf(message)).toEqual({
          ...filled({ status: 'AAAAAAA', statusText }),
          userDataList: userDataList.map((one) => filled(one) as Row),
        });
      }),
    );
  });

  it('never turn a character into another: it comes back or it is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }), (name) => {
        const values: Values = {
          clientID: '1',
          name,
          amount: '1.00',
          people: [{ id: '1' }],
        };
        for (const charset of ['GBK', 'GB18030'] as const) {
          try {
            const bytes = encodeRequest(small, 'PAY', values, charset);
            expect(decodeRequest(small, 'PAY', bytes).fields.name).toBe(name);
          } catch (error) {
            expect(error).toBeInstanceOf(YinqiError);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('agree with another reading of GBK: bytes mean what Node itself reads in them', () => {
    const decoder = new TextDecoder('gbk', { fatal: true });
    fc.assert(
      fc.property(gbkText(60), (text) => {
        expect(decoder.decode(encodeText(text, 'GBK', 'x'))).toBe(text);
      }),
    );
  });
});

describe('the decoder on damaged bytes', () => {
  const answer = gbk(
    '<?xml version="1.0" encoding="GBK"?><stream><status>AAAAAAA</status><statusText>交易成功</statusText>' +
      '<list name="userDataList"><row><subAccNo>3110700000000000011</subAccNo><KYAMT>8800.00</KYAMT></row></list></stream>',
  );
  const readsOrRefuses = (bytes: Uint8Array) => {
    for (const read of [
      () => decodeAnswer(citic, 'DLSBALQR', bytes),
      () => readAction(citic, bytes),
    ]) {
      try {
        read();
      } catch (error) {
        expect(error).toBeInstanceOf(YinqiError);
      }
    }
  };

  it('throws nothing but coded errors', () => {
    const place = fc.nat(answer.length - 1);
    const edit = fc.tuple(place, fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
        const bytes = Uint8Array.from(answer);
        for (const [at, byte] of edits) bytes[at] = byte;
        readsOrRefuses(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it('throws nothing but coded errors on pieces put together at random', () => {
    const piece = fc.tuple(fc.nat(answer.length), fc.nat(40));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const parts = pieces.map(([from, length]) => answer.subarray(from, from + length));
        readsOrRefuses(Buffer.concat([gbk('<stream>'), ...parts, gbk('</stream>')]));
      }),
      { numRuns: 500 },
    );
  });

  it('takes no prefix of an answer for the answer', () => {
    for (let length = 0; length < answer.length; length++) {
      expect(() => decodeAnswer(citic, 'DLSBALQR', answer.subarray(0, length))).toThrow(YinqiError);
    }
  });
});
