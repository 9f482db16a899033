import { describe, expect, it } from 'vitest';
import { dial } from '../../src/session/connection.ts';
import { play } from './transcript.ts';

const transcripts: readonly [string, string][] = [
  [
    'an order: one connection, one answer, closed',
    `
    0      connected         -> free     arm free-too-long 5000
    1      lend              -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    20     bytes answer      -> closed   ended 'done', no late, destroy
    21     error             -> closed
    22     deadline          -> closed
    `,
  ],
  [
    'an answer in two pieces',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    20     bytes first-half  -> asking   arm half-read 30000
    30     bytes other-half  -> closed   ended 'done', no late, destroy
    `,
  ],
  [
    'an answer that ends with its connection',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    20     bytes until-close -> asking   arm half-read 30000
    30     end               -> closed   ended 'done', no late, destroy
    `,
  ],
  [
    'an answer that should end with its connection, which is reset: cut, for all we know',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    20     bytes until-close -> asking   arm half-read 30000
    30     error             -> closed   ended closed, no late, destroy
    `,
  ],
  [
    'closed before a byte of the answer',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    20     end               -> closed   ended closed, no late, destroy
    `,
  ],
  [
    'ended in the middle of the answer',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    20     bytes first-half  -> asking   arm half-read 30000
    30     end               -> closed   warn answer-broken, ended broken, no late, destroy
    `,
  ],
  [
    'reset after the write: maybe sent, not answered',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    20     error             -> closed   ended closed, no late, destroy
    `,
  ],
  [
    'bytes that are no answer close the connection',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    20     bytes garbage     -> closed   warn answer-broken, ended broken, no late, destroy
    30     bytes answer      -> closed
    `,
  ],
  [
    'a status that is not 200 is no answer, whatever the body says',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    20     bytes 502         -> closed   warn answer-broken, ended broken, no late, destroy
    `,
  ],
  [
    'a proxy on the way is told',
    `
    0      connected             -> free     arm free-too-long 5000
    10     send                  -> asking   write, arm deadline 60000
    20     bytes answer-by-proxy -> closed   warn answer-proxied, ended 'done', no late, destroy
    `,
  ],
  [
    'a proxy that answers itself is told too',
    `
    0      connected          -> free     arm free-too-long 5000
    10     send               -> asking   write, arm deadline 60000
    20     bytes 502-by-proxy -> closed   warn answer-proxied, warn answer-broken, ended broken, no late, destroy
    `,
  ],
  [
    'behind its deadline it is retired, read on, and never written again',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    60010  deadline          -> retired  ended deadline, arm late-deadline 540000
    60011  send              -> retired  DEFECT
    60012  keep              -> retired
    60013  close             -> retired
    60014  lend              -> retired
    61010  bytes answer      -> closed   late 'done', destroy
    `,
  ],
  [
    'an answer of which half came in time is late as a whole',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    59000  bytes first-half  -> asking   arm deadline 1010
    60010  deadline          -> retired  ended deadline, arm half-read 28990
    61010  bytes other-half  -> closed   late 'done', destroy
    `,
  ],
  [
    'a late answer with another behind it',
    `
    0      connected          -> free     arm free-too-long 5000
    10     send               -> asking   write, arm deadline 60000
    60010  deadline           -> retired  ended deadline, arm late-deadline 540000
    61010  bytes answer-twice -> closed   warn unclaimed-bytes, late 'done', destroy
    `,
  ],
  [
    'no late answer: nothing until lateUntil',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    60010  deadline          -> retired  ended deadline, arm late-deadline 540000
    600010 late-deadline     -> closed   no late, destroy
    `,
  ],
  [
    'no late answer: half of it, then the end',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    60010  deadline          -> retired  ended deadline, arm late-deadline 540000
    60020  bytes first-half  -> retired  arm half-read 30000
    60030  end               -> closed   warn answer-broken, no late, destroy
    `,
  ],
  [
    'a process that slept past lateUntil gives the late answer no negative time',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    900000 deadline          -> retired  ended deadline, arm late-deadline 0
    `,
  ],
  [
    'queries: kept when the answer named what was asked, and only then usable again',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send-kept         -> asking   write, arm deadline 60000
    20     bytes answer      -> answered ended 'done', no late, arm free-too-long 10000
    21     send-kept         -> answered DEFECT
    22     keep              -> idle     arm free-too-long 10000
    30     lend              -> idle     arm free-too-long 10000
    31     send-kept         -> asking   write, arm deadline 60000
    40     bytes answer      -> answered ended 'done', no late, arm free-too-long 10000
    41     close             -> closed   destroy
    `,
  ],
  [
    'an answer that nobody vouches for is not kept for ever',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send-kept         -> asking   write, arm deadline 60000
    20     bytes answer      -> answered ended 'done', no late, arm free-too-long 10000
    10020  free-too-long     -> closed   destroy
    `,
  ],
  [
    'kept, and not used again',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send-kept         -> asking   write, arm deadline 60000
    20     bytes answer      -> answered ended 'done', no late, arm free-too-long 10000
    22     keep              -> idle     arm free-too-long 10000
    10022  free-too-long     -> closed   destroy
    `,
  ],
  [
    'the front end will not stay: not keepable',
    `
    0      connected            -> free     arm free-too-long 5000
    10     send-kept            -> asking   write, arm deadline 60000
    20     bytes answer-closing -> closed   ended 'done', no late, destroy
    21     keep                 -> closed
    `,
  ],
  [
    'the answer twice in one segment: the second belongs to nothing, and nothing follows it',
    `
    0      connected          -> free     arm free-too-long 5000
    10     send-kept          -> asking   write, arm deadline 60000
    20     bytes answer-twice -> closed   warn unclaimed-bytes, ended 'done', no late, destroy
    `,
  ],
  [
    'the answer again before anybody kept the connection',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send-kept         -> asking   write, arm deadline 60000
    20     bytes answer      -> answered ended 'done', no late, arm free-too-long 10000
    21     bytes answer      -> closed   warn unclaimed-bytes, destroy
    22     keep              -> closed
    `,
  ],
  [
    'the answer again while idle',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send-kept         -> asking   write, arm deadline 60000
    20     bytes answer      -> answered ended 'done', no late, arm free-too-long 10000
    22     keep              -> idle     arm free-too-long 10000
    23     bytes answer      -> closed   warn unclaimed-bytes, destroy
    `,
  ],
  [
    'bytes before anything was asked',
    `
    0      connected         -> free     arm free-too-long 5000
    1      bytes answer      -> closed   warn unclaimed-bytes, destroy
    2      send              -> closed   DEFECT
    `,
  ],
  [
    'let go unused: lent again, for what is left of its time',
    `
    0      connected         -> free     arm free-too-long 5000
    0      lend              -> free     arm free-too-long 5000
    2000   close             -> free     arm free-too-long 3000
    2500   lend              -> free     arm free-too-long 5000
    6000   close             -> closed   destroy
    `,
  ],
  [
    'a free one that the front end closes',
    `
    0      connected         -> free     arm free-too-long 5000
    1      end               -> closed   destroy
    2      send              -> closed   DEFECT
    `,
  ],
  [
    'no connection in time',
    `
    0      send              -> dialling DEFECT
    5000   deadline          -> closed   destroy
    5001   connected         -> closed
    `,
  ],
  [
    'refused',
    `
    1      error             -> closed   destroy
    `,
  ],
  [
    'the caller closes while it waits for its answer',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    20     close             -> closed   ended closed, no late, destroy
    `,
  ],
  [
    'the line closes: everything settles',
    `
    0      connected         -> free     arm free-too-long 5000
    10     send              -> asking   write, arm deadline 60000
    60010  deadline          -> retired  ended deadline, arm late-deadline 540000
    60020  stop              -> closed   no late, destroy
    `,
  ],
];

describe('a connection', () => {
  it.each(transcripts)('%s', (_name, table) => {
    const { expected, happened } = play(table);
    expect(happened).toBe(expected);
  });

  it('has its time to come up', () => {
    expect(dial(700).effects).toEqual([{ do: 'arm', timer: 'deadline', ms: 700 }]);
  });
});
