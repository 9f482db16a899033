/** The same connection under Ping An's framing: answers that name their request, or do not; halves. */
import { describe, expect, it } from 'vitest';
import { sceneOf } from './heads-scene.ts';
import { play } from './transcript.ts';

const transcripts: readonly [string, string][] = [
  [
    'an order: its answer names it',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    20     bytes answer      -> closed   ended 'done', no late, destroy
    `,
  ],
  [
    'an answer that names another request is never its answer',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    20     bytes of-another  -> closed   warn answer-misnamed, ended broken, no late, destroy
    21     bytes answer      -> closed
    `,
  ],
  [
    'nor is one that names nobody',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    20     bytes of-nobody   -> closed   warn answer-misnamed, ended broken, no late, destroy
    `,
  ],
  [
    'nor one that comes late',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    60010  deadline          -> retired  ended deadline, arm late-deadline 540000
    60020  bytes of-another  -> closed   warn answer-misnamed, no late, destroy
    `,
  ],
  [
    'the answer, late',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    60010  deadline          -> retired  ended deadline, arm late-deadline 540000
    60020  bytes answer      -> closed   late 'done', destroy
    `,
  ],
  [
    'two answers in one piece: the first is the answer, and the connection is not trusted again',
    `
    0      connected                -> free     arm free-too-long 5000
    10     send-kept                -> asking   write, arm deadline 60000
    20     bytes answer-and-other   -> closed   warn unclaimed-bytes, ended 'done', no late, destroy
    `,
  ],
  [
    'the answer twice in one piece',
    `
    0      connected                -> free     arm free-too-long 5000
    10     send                     -> asking   write, arm deadline 60000
    20     bytes answer-twice       -> closed   warn unclaimed-bytes, ended 'done', no late, destroy
    `,
  ],
  [
    'another answer before the right one: neither is believed',
    `
    0      connected                -> free     arm free-too-long 5000
    10     send                     -> asking   write, arm deadline 60000
    20     bytes other-first        -> closed   warn answer-misnamed, ended broken, no late, destroy
    `,
  ],
  [
    'a length that is one too long never ends: broken by its half-read timer',
    `
    0      connected                -> free     arm free-too-long 5000
    10     send                     -> asking   write, arm deadline 60000
    20     bytes long-length        -> asking   arm half-read 30000
    30020  half-read                -> closed   warn answer-broken, ended broken, no late, destroy
    `,
  ],
  [
    'a length that is one too short: what follows is nobody’s',
    `
    0      connected                -> free     arm free-too-long 5000
    10     send                     -> asking   write, arm deadline 60000
    20     bytes short-length       -> closed   warn unclaimed-bytes, ended '0don', no late, destroy
    `,
  ],
  [
    'a length beyond the limit is refused at once',
    `
    0      connected                -> free     arm free-too-long 5000
    10     send                     -> asking   write, arm deadline 60000
    20     bytes far-too-long       -> closed   warn answer-broken, ended broken, no late, destroy
    `,
  ],
  [
    'a peer that speaks something else',
    `
    0      connected                -> free     arm free-too-long 5000
    10     send                     -> asking   write, arm deadline 60000
    20     bytes no-head            -> closed   warn answer-broken, ended broken, no late, destroy
    `,
  ],
  [
    'a byte that arrives with nothing asked closes it',
    `
    0      connected                -> free     arm free-too-long 5000
    5      bytes answer             -> closed   warn unclaimed-bytes, destroy
    10     send                     -> closed   DEFECT
    `,
  ],
  [
    'half an answer, then the end: broken',
    `
    0      connected                -> free     arm free-too-long 5000
    10     send                     -> asking   write, arm deadline 60000
    20     bytes first-half         -> asking   arm half-read 30000
    30     end                      -> closed   warn answer-broken, ended broken, no late, destroy
    `,
  ],
  [
    'half an answer, then the other half',
    `
    0      connected                -> free     arm free-too-long 5000
    10     send                     -> asking   write, arm deadline 60000
    20     bytes first-half         -> asking   arm half-read 30000
    30     bytes other-half         -> closed   ended 'done', no late, destroy
    `,
  ],
  [
    'kept: queries may follow each other',
    `
    0      connected                -> free     arm free-too-long 5000
    10     send-kept                -> asking   write, arm deadline 60000
    20     bytes answer             -> answered ended 'done', no late, arm free-too-long 10000
    21     keep                     -> idle     arm free-too-long 10000
    30     send-kept                -> asking   write, arm deadline 60000
    40     bytes of-another         -> closed   warn answer-misnamed, ended broken, no late, destroy
    `,
  ],
];

/** of any framing */
const halves: readonly [string, string][] = [
  [
    'half an answer and then silence: broken, and not waited for until the deadline',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    20     half-read         -> asking
    20     bytes first-half  -> asking   arm half-read 30000
    30020  half-read         -> closed   warn answer-broken, ended broken, no late, destroy
    30021  bytes other-half  -> closed
    `,
  ],
  [
    'half a late answer and then silence',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    60010  deadline          -> retired  ended deadline, arm late-deadline 540000
    599000 bytes first-half  -> retired  arm late-deadline 1010
    600010 late-deadline     -> closed   no late, destroy
    `,
  ],
];

describe('a connection of packets with heads', () => {
  it.each(transcripts)('%s', (_name, table) => {
    const { expected, happened } = play(table, sceneOf('kept'));
    expect(happened).toBe(expected);
  });

  it('per request: never kept, whatever was asked', () => {
    const { expected, happened } = play(
      `
      0      connected         -> free     arm free-too-long 5000
      10     send-kept         -> asking   write, arm deadline 60000
      20     bytes answer      -> closed   ended 'done', no late, destroy
      21     keep              -> closed
      `,
      sceneOf('per-request'),
    );
    expect(happened).toBe(expected);
  });

  it('a request that nothing names is not written', () => {
    const { expected, happened } = play(
      `
      0      connected         -> free     arm free-too-long 5000
      10     send              -> free     DEFECT
      `,
      sceneOf('kept', ''),
    );
    expect(happened).toBe(expected);
  });
});

describe.each([
  ['HTTP', undefined],
  ['heads', sceneOf('kept')],
] as const)('half an answer by %s', (_framing, scene) => {
  it.each(halves)('%s', (_name, table) => {
    const { expected, happened } = play(table, scene);
    expect(happened).toBe(expected);
  });
});
