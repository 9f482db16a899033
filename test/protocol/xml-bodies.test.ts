/** Goal: XML of any bank is written byte for byte as that bank's manual prints it, and read whatever it is like. */
import { describe, expect, it } from 'vitest';
import { answerRows } from '../../src/protocol/answer.ts';
import { decodeAnswer, decodeRequest, readAction } from '../../src/protocol/decode.ts';
import { encodeAnswer, encodeRequest, valuesOf } from '../../src/protocol/encode.ts';
import { judge, rulesFor } from '../../src/protocol/judge.ts';
import { errorOf } from './ground.ts';
import { ap, bodyOf, framed, HEADS, packet, result } from './other-banks.ts';

const DECLARED = '<?xml version="1.0" encoding="GBK"?>';
const ANSWERED = '<?xml version="1.0" encoding="GBK" ?>';

describe('repeated lists', () => {
  const listed = `${ANSWERED}<Result><Desc>两笔</Desc><list><No>1</No><Desc>甲</Desc></list><list><No>2</No><Desc></Desc></list><End>Y</End></Result>`;

  it('are written in their place, the fields straight inside', () => {
    const values = { Account: '1', Set: [{ No: '1', Sum: '2.5' }, { No: '2' }] };
    expect(bodyOf(encodeRequest(result, 'LIST', values, 'GBK'), HEADS)).toBe(
      `${DECLARED}<Result><Account>1</Account><Set><No>1</No><Sum>2.50</Sum></Set><Set><No>2</No><Sum></Sum></Set></Result>`,
    );
    expect(bodyOf(encodeRequest(result, 'LIST', {}, 'GBK'), HEADS)).toBe(
      `${DECLARED}<Result><Account></Account></Result>`,
    );
  });

  it('are read as rows, also a field of a row that the message has too', () => {
    const message = decodeAnswer(result, 'LIST', packet('LIST', '0000', '', listed));
    expect(message).toMatchObject({
      fields: { Desc: '两笔', End: 'Y' },
      lists: { list: [{ No: '1', Desc: '甲' }, { No: '2' }] },
      extra: {},
    });
    const again = encodeAnswer(result, 'LIST', valuesOf(message), 'GBK', message.head);
    expect(bodyOf(again, HEADS)).toBe(listed);
    expect(answerRows(result, 'LIST', message)).toEqual([{ No: '1', Desc: '甲' }, { No: '2' }]);
  });

  it('keep what the spec does not list, wherever it stands', () => {
    const body =
      '<Result><list><No>1</No><odd>x</odd></list><other><a>1</a></other><other><a>2</a></other></Result>';
    const { extra } = decodeAnswer(result, 'LIST', packet('LIST', '0000', '', body));
    expect(extra).toEqual({ 'list.0.odd': 'x', 'other.a': '1', 'other.a#2': '2' });
  });

  it('declare the charset they are written in', () => {
    const utf8 = encodeRequest(result, 'LIST', { Account: '1' }, 'UTF-8');
    expect(bodyOf(utf8, HEADS)).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>/);
  });

  it.each([
    ['a field twice', '<Desc>1</Desc><Desc>2</Desc>', 'MESSAGE_INVALID Desc (repeated)'],
    [
      'a field twice in a row',
      '<list><No>1</No><No>2</No></list>',
      'MESSAGE_INVALID list.0.No (repeated)',
    ],
    [
      'text between rows',
      '<list>x<No>1</No></list>',
      'MESSAGE_INVALID list.0 (text between elements)',
    ],
    ['an end that is not there', '</Result><Result>', 'MESSAGE_INVALID - (more than one root)'],
  ])('are refused with %s', (_, inside, error) => {
    const bytes = packet('LIST', '0000', '', `<Result>${inside}</Result>`);
    expect(errorOf(() => decodeAnswer(result, 'LIST', bytes))).toBe(error);
  });

  it('an answer with a code and no body is that code; a request without a body is none', () => {
    const message = decodeAnswer(result, 'LIST', packet('LIST', 'E001', '拒绝', ''));
    expect(judge(result, rulesFor(result, 'LIST'), message)).toMatchObject({
      says: 'failed',
      code: 'E001',
      text: '拒绝',
    });
    expect(errorOf(() => decodeRequest(result, 'LIST', packet('LIST', '', '', '')))).toBe(
      'MESSAGE_INVALID - (not whole)',
    );
  });
});

describe('sections', () => {
  const request =
    '<ap><head><tr_code>ASK</tr_code><req_no>R1</req_no></head><body><acno>1</acno><req_no>R0</req_no></body></ap>';
  const head =
    '<head><tr_code>ASK</tr_code><req_no>R1</req_no><ret_code>0000</ret_code><ret_info>好</ret_info></head>';
  const answer = (body: string, root = 'ap') =>
    decodeAnswer(ap, 'ASK', framed(`<${root}>${head}<body>${body}</body></${root}>`));

  it('group the common fields and those of the transaction; the code is the transaction’s own', () => {
    const bytes = encodeRequest(ap, 'ASK', { req_no: 'R1', acno: '1', origNo: 'R0' }, 'GBK');
    expect(bytes).toEqual(framed(request));
    expect(readAction(ap, bytes)).toBe('ASK');
  });

  it('tell two elements of one name apart', () => {
    expect(decodeRequest(ap, 'ASK', framed(request)).fields).toEqual({
      tr_code: 'ASK',
      req_no: 'R1',
      acno: '1',
      origNo: 'R0',
    });
  });

  it('are all written, also where a message has nothing in them', () => {
    const values = { tr_code: 'ASK', req_no: 'R1', ret_code: '0000', ret_info: '好' };
    const bytes = encodeAnswer(ap, 'ASK', values, 'GBK');
    expect(bodyOf(bytes, 12)).toBe(`<ap>${head}<body></body></ap>`);
    const more = encodeAnswer(ap, 'ASK', { ...values, stat: '9' }, 'GBK');
    expect(bodyOf(more, 12)).toBe(`<ap>${head}<body><stat>9</stat><req_no></req_no></body></ap>`);
  });

  it('are read under any root the bank was seen with', () => {
    expect(answer('<stat>9</stat>', 'a').fields).toEqual(answer('<stat>9</stat>').fields);
    expect(errorOf(() => answer('', 'app'))).toBe('MESSAGE_INVALID - (not whole)');
  });

  it('may be missing or come in any order, but not twice', () => {
    expect(decodeAnswer(ap, 'ASK', framed(`<ap>${head}</ap>`)).fields.ret_code).toBe('0000');
    const turned = framed(`<ap><body><stat>9</stat></body>${head}</ap>`);
    expect(decodeAnswer(ap, 'ASK', turned)).toMatchObject({
      fields: { stat: '9', ret_code: '0000' },
    });
    expect(errorOf(() => decodeAnswer(ap, 'ASK', framed(`<ap>${head}${head}</ap>`)))).toBe(
      'MESSAGE_INVALID head (repeated)',
    );
  });

  it('do not take a field from another section, and keep it', () => {
    const stray = framed(`<ap>${head}<body><ret_code>9</ret_code></body><stat>1</stat></ap>`);
    const message = decodeAnswer(ap, 'ASK', stray);
    expect(message.fields).toMatchObject({ ret_code: '0000' });
    expect(message.fields.stat).toBeUndefined();
    expect(message.extra).toEqual({ 'body.ret_code': '9', stat: '1' });
  });

  it('an action that stands twice, or in another section, is none', () => {
    const action = (xml: string) => errorOf(() => readAction(ap, framed(xml)));
    expect(action('<ap><body><tr_code>ASK</tr_code></body></ap>')).toMatch(
      /^MESSAGE_INVALID tr_code/,
    );
    expect(action(`<ap>${'<head><tr_code>ASK</tr_code></head>'.repeat(2)}</ap>`)).toMatch(
      /repeated/,
    );
  });

  it('what all messages have is no row of a ledger', () => {
    expect(answerRows(ap, 'ASK', answer('<list name="rows"></list>'))).toEqual([]);
  });
});
