/**
 * The ways in which the banks we know of put packets into a byte stream, each as its spec would say it, with
 * packets whose bytes were written by hand. `·` is one space. No packet here was made by our own codec.
 */
import type { Buffer } from 'node:buffer';
import iconv from 'iconv-lite';
import { type HeadsFraming, headsFraming } from '../../src/protocol/spec-framing.ts';

export interface Sample {
  readonly head: Readonly<Record<string, string>>;
  readonly body: string;
  readonly bytes: Buffer;
  /** only read: written by another, who pads his lengths in his own way */
  readonly readOnly?: true;
}

export interface Framed {
  readonly name: string;
  readonly framing: HeadsFraming;
  readonly samples: readonly Sample[];
}

export const gbk = (text: string): Buffer => iconv.encode(text.replaceAll('·', ' '), 'gbk');

/** name, bytes, more → a part */
export const part = (name: string, bytes: number, more: Record<string, unknown> = {}) => ({
  name,
  zh: '段',
  en: 'part',
  bytes,
  ...more,
});

interface Shape {
  heads: { name: string; parts: ReturnType<typeof part>[] }[];
  end?: unknown;
  bodyBytesMax?: number;
}

export const framingOf = (shape: Shape): HeadsFraming =>
  headsFraming.parse({ type: 'heads', bodyBytesMax: 400, ...shape });

const one = (...parts: ReturnType<typeof part>[]) => [{ name: 'outer', parts }];

/** `text`: the whole packet; its body is what follows the heads */
function sample(framing: HeadsFraming, head: Record<string, string>, text: string): Sample {
  const bytes = gbk(text);
  const heads = framing.heads
    .flatMap(({ parts }) => parts)
    .reduce((sum, { bytes }) => sum + bytes, 0);
  return { head, body: iconv.decode(bytes.subarray(heads), 'gbk'), bytes };
}

const outer222 = (target: string, customer: Record<string, unknown>) => ({
  name: 'outer',
  parts: [
    part('category', 4, { fixed: 'A001' }),
    part('target', 2, { fixed: target }),
    part('encoding', 2, { fixed: '01' }),
    part('protocol', 2, { fixed: '01' }),
    part('customer', 20, customer),
    part('length', 10, { align: 'right', pad: '0', length: 'after-head' }),
    part('code', 6),
    part('operator', 5),
    part('service', 2, { request: '01' }),
    part('date', 8, { request: '$packet.date' }),
    part('time', 6, { request: '$packet.time' }),
    part('reference', 20, { request: '$serial|$packet.reference' }),
    part('returnCode', 6),
    part('returnText', 100),
    part('more', 1, { fixed: '0' }),
    part('requestCount', 3, { fixed: '000' }),
    part('signed', 1, { fixed: '0' }),
    part('signFormat', 1),
    part('signAlgorithm', 12),
    part('signLength', 10, { fixed: '0000000000' }),
    part('attachments', 1, { fixed: '0' }),
  ],
});

export const pingan222 = framingOf({
  heads: [outer222('01', { request: '$link.customer' })],
});

export const pingan344 = framingOf({
  heads: [
    outer222('03', { request: '$link.market' }),
    {
      name: 'business',
      parts: [
        part('tranFunc', 4, { request: '$transaction' }),
        part('servType', 2, { request: '01' }),
        part('mac', 16),
        part('tranTime', 14),
        part('rspCode', 6, { request: '999999' }),
        part('rspMsg', 42),
        part('conFlag', 1, { fixed: '0' }),
        part('bodyLength', 8, { align: 'right', pad: '0', length: 'body' }),
        part('operatorId', 5, { fixed: 'PA001' }),
        part('thirdLogNo', 20, { request: '$serial|$packet.reference' }),
        part('qydm', 4, { request: '$link.market' }),
      ],
    },
  ],
});

const spaces = (count: number): string => '·'.repeat(count);
const B2B = { customer: '00900000000000001000', date: '20250311', time: '101601' };

const longText = `:${'交易受理成功'.repeat(8)}再`; // 1 + 96 + 2 = 99 bytes

const pingan: Framed = {
  name: 'Ping An, one head of 222 bytes',
  framing: pingan222,
  samples: [
    sample(
      pingan222,
      {
        ...B2B,
        ...{ category: 'A001', target: '01', encoding: '01', protocol: '01', length: '0' },
        ...{ code: '4005', service: '02', reference: '20250311101600000004' },
        ...{
          returnCode: 'YQ9996',
          returnText: ':没有满足条件纪录',
          more: '0',
          requestCount: '000',
        },
        ...{ signed: '0', signLength: '0000000000', attachments: '0' },
      },
      `A001010101${B2B.customer}00000000004005··${spaces(5)}022025031110160120250311101600000004YQ9996:没有满足条件纪录${spaces(83)}00000${spaces(13)}00000000000`,
    ),
    sample(
      pingan222,
      {
        ...B2B,
        ...{ category: 'A001', target: '01', encoding: '01', protocol: '01', length: '10' },
        ...{ code: 'S001', service: '02', reference: '20250311101600000004' },
        ...{ returnCode: '000000', returnText: longText, more: '0', requestCount: '000' },
        ...{ signed: '0', signFormat: '1', signLength: '0000000000', attachments: '0' },
      },
      `A001010101${B2B.customer}0000000010S001··${spaces(5)}022025031110160120250311101600000004000000${longText}·000001${spaces(12)}00000000000<a>样</a>·`,
    ),
  ],
};

const business: Framed = {
  name: 'Ping An, heads of 222 and 122 bytes',
  framing: pingan344,
  samples: [
    sample(
      pingan344,
      {
        ...{ category: 'A001', target: '03', encoding: '01', protocol: '01', customer: '9001' },
        ...{ length: '138', code: '000000', operator: 'PA001', service: '02', date: '20250311' },
        ...{ time: '080001', reference: '20250311080000000001', returnCode: '000000' },
        ...{ returnText: '交易成功', more: '0', requestCount: '000', signed: '0' },
        ...{ signLength: '0000000000', attachments: '0', tranFunc: '1330', servType: '02' },
        ...{ tranTime: '20250311080001', rspCode: '000000', rspMsg: '交易成功', conFlag: '0' },
        ...{ bodyLength: '16', operatorId: 'PA001', thirdLogNo: '20250311080000000001' },
        qydm: '9001',
      },
      `A0010301019001${spaces(16)}0000000138000000PA001022025031108000120250311080000000001000000交易成功${spaces(92)}00000${spaces(13)}00000000000` +
        `133002${spaces(16)}20250311080001000000交易成功${spaces(34)}000000016PA001202503110800000000019001` +
        '25031100000001&&',
    ),
  ],
};

const abcFraming = framingOf({
  heads: one(part('encrypted', 1, { fixed: '0' }), part('length', 6, { length: 'body' })),
});
const cmsFraming = framingOf({
  heads: one(part('length', 10, { length: 'after-part' }), part('flags', 2, { fixed: '00' })),
});
const cmbFraming = framingOf({ heads: one(part('length', 8, { length: 'after-head' })) });
const spdbFraming = framingOf({
  heads: one(part('length', 6, { align: 'right', pad: '0', length: 'packet' })),
});
const eightFraming = framingOf({
  heads: one(part('length', 8, { align: 'right', pad: '0', length: 'body' })),
});
const hexFraming = framingOf({
  heads: one(part('length', 4, { align: 'right', pad: '0', radix: 16, length: 'body' })),
});
export const ccbFraming = framingOf({ heads: [], end: { tag: '</TX>' } });
export const streamFraming = framingOf({ heads: [], end: 'stream' });
export const headAndTag = framingOf({
  heads: one(part('kind', 5, { request: 'x' })),
  end: { tag: '</TX>' },
});

const others = (one: Sample): Sample => ({ ...one, readOnly: true });

export const framings: readonly Framed[] = [
  pingan,
  business,
  {
    name: 'ABC, a flag and six characters',
    framing: abcFraming,
    samples: [
      sample(abcFraming, { encrypted: '0', length: '15' }, '015····<ap>样例</ap>··'),
      sample(abcFraming, { encrypted: '0', length: '0' }, '00·····'),
    ],
  },
  {
    name: 'CMS, ten characters that count the flags too',
    framing: cmsFraming,
    samples: [
      sample(cmsFraming, { length: '15', flags: '00' }, '15········00<ap>样例</ap>'),
      sample(cmsFraming, { length: '2', flags: '00' }, '2·········00'),
      others(sample(cmsFraming, { length: '15', flags: '00' }, '000000001500<ap>样例</ap>')),
      others(sample(cmsFraming, { length: '15', flags: '00' }, '········1500<ap>样例</ap>')),
      others(sample(cmsFraming, { length: '10', flags: '00' }, '····10····00<a>x</a>')),
    ],
  },
  {
    name: 'CMB, eight characters',
    framing: cmbFraming,
    samples: [sample(cmbFraming, { length: '120' }, `120·····${'招商'.repeat(30)}`)],
  },
  {
    name: 'SPDB, six digits that count themselves',
    framing: spdbFraming,
    samples: [
      sample(spdbFraming, { length: '14' }, '000014<p>浦·/p'),
      others(sample(spdbFraming, { length: '14' }, '14····<p>浦·/p')),
    ],
  },
  {
    name: 'eight digits',
    framing: eightFraming,
    samples: [sample(eightFraming, { length: '4' }, '00000004样例')],
  },
  {
    name: 'hexadecimal digits',
    framing: hexFraming,
    samples: [
      sample(hexFraming, { length: '30' }, '001E<stream>示例示例</stream>·····'),
      others(sample(hexFraming, { length: '30' }, '001e<stream>示例示例</stream>·····')),
    ],
  },
  {
    name: 'CCB, no head and a closing tag',
    framing: ccbFraming,
    samples: [sample(ccbFraming, {}, '<TX><A>样例</A></TX>')],
  },
  {
    name: 'a head and a closing tag',
    framing: headAndTag,
    samples: [sample(headAndTag, { kind: '</TX>' }, '</TX><TX>样例</TX>')],
  },
];
