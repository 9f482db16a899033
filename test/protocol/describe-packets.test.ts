/** Goal: a packet with heads is laid open part by part and field by field, whatever its body is made of. */
import { expect, describe as group, it } from 'vitest';
import { type DescribedField, describe, render } from '../../src/protocol/describe.ts';
import { encodeRequest } from '../../src/protocol/encode.ts';
import { errorOf } from './ground.ts';
import { amp, ap, framed, packet, result } from './other-banks.ts';

const at = (fields: readonly DescribedField[], path: string): DescribedField => {
  const found = fields.find((field) => field.path === path);
  if (found === undefined) throw new Error(`no ${path}`);
  return found;
};
const paths = (fields: readonly DescribedField[]): string[] => fields.map(({ path }) => path);
const faults = (fields: readonly DescribedField[]): string[] =>
  fields.flatMap((field) => field.faults.map((fault) => `${field.path} ${fault}`));

group('heads', () => {
  const head = { code: 'LIST', payer: '622202000011', say: '秘密' };
  const bytes = encodeRequest(amp, 'LIST', { name: '张三', amount: '1.00' }, 'GBK', head);

  it('stand before the fields, masked like them', () => {
    const { code, fields, side } = describe(amp, bytes);
    expect([code, side]).toEqual(['LIST', 'request']);
    expect(paths(fields).slice(0, 7)).toEqual(
      ['mark', 'size', 'code', 'ret', 'say', 'payer'].map((name) => `outer.${name}`).concat('name'),
    );
    expect(at(fields, 'outer.size')).toMatchObject({ shown: '13', bytesMax: 4, faults: [] });
    expect(at(fields, 'outer.payer').shown).toBe('****0011');
    expect(at(fields, 'outer.say')).toMatchObject({ shown: '(4 bytes)', bytes: 4, bytesMax: 10 });
    expect(at(fields, 'outer.ret')).toMatchObject({ state: 'empty', shown: '', faults: [] });
    expect(at(fields, 'name').shown).toBe('张*');
    const everything = JSON.stringify(fields) + render(describe(amp, bytes));
    for (const one of ['张三', '秘密', '622202000011', '1.00'])
      expect(everything).not.toContain(one);
  });

  it('say what they break', () => {
    const { fields } = describe(amp, packet('LIST', 'X999', '', '0&0&&'), 'LIST');
    expect(at(fields, 'outer.ret')).toMatchObject({
      shown: '(4 bytes)',
      faults: ['FIELD_CHOICE (a value the spec does not list)'],
    });
    const bare = describe(amp, packet('LIST', '', '', ''), 'LIST');
    expect(faults(bare.fields)).toEqual(['outer.ret FIELD_MISSING']);
    expect(describe(amp, packet('LIST', 'E001', '', ''), 'LIST').fields).toHaveLength(6);
  });

  it('that are no heads are refused', () => {
    expect(errorOf(() => describe(amp, bytes.subarray(0, 20)))).toMatch(/^FRAME_INVALID/);
    expect(errorOf(() => describe(amp, Buffer.concat([bytes, bytes])))).toMatch(/^FRAME_INVALID/);
    expect(errorOf(() => describe(amp, packet('NIX', '', '', '&')))).toMatch(/^OPERATION_UNKNOWN/);
    expect(errorOf(() => describe(amp, packet('', '', '', '&')))).toBe(
      'MESSAGE_INVALID code (missing)',
    );
  });
});

group('a delimited body', () => {
  const answer = (body: string) => describe(amp, packet('LIST', '0000', '', body), 'LIST');

  it('is shown row by row', () => {
    const { fields, faults: whole } = answer('2&2&S1&张三&1.00&S2&&-3.50&&');
    expect(at(fields, 'items.0.who').shown).toBe('张*');
    expect(at(fields, 'items.1.who').state).toBe('empty');
    expect(at(fields, 'items.1.sum')).toMatchObject({ shown: '***', faults: [] });
    expect([whole, faults(fields)]).toEqual([[], []]);
  });

  it('shows a blank row behind a count of none as what it is', () => {
    const { fields, faults: whole } = answer('&0&S1&&0.00&&');
    expect(at(fields, 'items.none.no').shown).toBe('S1');
    expect(whole).toEqual([]);
  });

  it('that does not fit is shown as far as it goes, and the rest by its length', () => {
    const short = answer('2&2&S1&张三&1.00&');
    expect(short.faults).toEqual(['4 fields too few']);
    expect(at(short.fields, 'Reserve').state).toBe('absent');
    const long = answer('0&0&&6222020200112233445&');
    expect(long.faults).toEqual(['1 fields too many']);
    expect(at(long.fields, '?')).toMatchObject({ state: 'not in the spec', shown: '(19 bytes)' });
    expect(answer('0&0&x').faults).toEqual(['the last field has no delimiter behind it']);
  });

  it('names what a request breaks', () => {
    const { fields, faults: whole } = describe(
      amp,
      packet('LIST', '', '', '&2026&&4&1&1&2&2&3&3&4&4&&'),
    );
    expect(faults(fields)).toEqual(['name FIELD_MISSING', 'day FIELD_FORMAT (date)']);
    expect(whole).toEqual(['FIELD_TOO_LONG (4 rows, at most 3)']);
  });
});

group('XML with repeated lists', () => {
  it('is shown row by row, with what the spec does not know', () => {
    const body =
      '<Result><list><No>1</No><odd>xyz</odd></list><list><No>12345</No></list><list>t</list></Result>';
    const { fields, faults: whole } = describe(result, packet('LIST', '0000', '', body), 'LIST');
    expect(at(fields, 'list.0.No').shown).toBe('1');
    expect(at(fields, 'list.0.odd')).toMatchObject({
      state: 'not in the spec',
      shown: '(3 bytes)',
    });
    expect(faults(fields)).toEqual(['list.1.No FIELD_TOO_LONG (5 bytes, at most 4)']);
    expect(whole).toEqual(['text between elements of list']);
  });
});

group('XML in sections', () => {
  it('is shown in the order of the spec, strangers under the section they stand in', () => {
    const {
      code,
      fields,
      faults: whole,
    } = describe(
      ap,
      framed(
        '<ap><head><tr_code>ASK</tr_code><odd>1</odd></head><body><acno>12345678</acno><req_no>R0</req_no></body><x>1</x></ap>',
      ),
    );
    expect(code).toBe('ASK');
    expect(paths(fields)).toEqual([
      ...['frame.size', 'frame.flags', 'tr_code', 'req_no', 'acno', 'origNo', 'head.odd', 'x'],
    ]);
    expect(at(fields, 'origNo').shown).toBe('R0');
    expect(at(fields, 'req_no').state).toBe('absent');
    expect(at(fields, 'acno').shown).toBe('****5678');
    expect(whole).toEqual([]);
  });

  it('names a section that stands twice', () => {
    const twice = '<ap><head><tr_code>ASK</tr_code></head><body></body><body>t</body></ap>';
    expect(describe(ap, framed(twice)).faults).toEqual([
      'body repeated',
      'text between elements of body',
    ]);
  });
});
