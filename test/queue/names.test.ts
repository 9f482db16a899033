import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contradictionStem,
  instructionJobId,
  noticeStem,
  reaskJobId,
  rejectionJobId,
  requestName,
  resultJobId,
  resultStem,
  versionedJobId,
} from '../../src/queue/names.ts';

const link = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
const id = fc.stringMatching(/^[A-Za-z0-9_]{1,40}$/);
const version = fc.integer({ min: 1, max: 99 });
const request = fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9-]{1,12}$/));
const jobId = fc.oneof(
  fc.tuple(id, request).map((all) => [instructionJobId(all[0]), 'i', all[0]]),
  fc.tuple(id, request).map((all) => [instructionJobId(...all), 'ia', ...all]),
  fc.tuple(link, id, version).map((all) => [resultJobId(...all), 'r', ...all]),
  fc
    .tuple(link, id, version)
    .map(([l, i, v]) => [versionedJobId(contradictionStem(l, i), v), 'c', l, i, v]),
  fc.tuple(link, version).map(([l, v]) => [versionedJobId(noticeStem(l), v), 'n', l, v]),
  fc.tuple(link, id, version, request).map((all) => [reaskJobId(...all), 'ra', ...all]),
  fc.tuple(link, request).map((all) => [rejectionJobId(...all), 'x', ...all]),
);

describe('job ids', () => {
  it('append the version to the stem', () => {
    expect(resultJobId('citic', '7', 9)).toBe(`${resultStem('citic', '7')}-9`);
    expect(resultJobId('citic', '7', 9)).toBe('r-citic.7-9');
    expect(reaskJobId('citic', '7', 9, 'i-7-x')).toBe('r-citic.7-9.i-7-x');
  });

  it('are what BullMQ takes: no digits only, no colon, not long', () => {
    fc.assert(
      fc.property(jobId, ([made]) => {
        expect(made).toMatch(/^[a-z]-[A-Za-z0-9_.-]{1,200}$/);
      }),
    );
  });

  it('are one only for one and the same thing', () => {
    fc.assert(
      fc.property(jobId, jobId, ([one, ...of], [other, ...otherOf]) => {
        fc.pre(JSON.stringify(of) !== JSON.stringify(otherOf));
        expect(one).not.toBe(other);
      }),
      { numRuns: 2000 },
    );
    // dashes in a link and digits in an id would meet if both were joined by dashes
    expect(resultJobId('a-b', '1', 2)).not.toBe(resultJobId('a', 'b', 1));
    expect(reaskJobId('a', 'b', 1, '2-x')).not.toBe(reaskJobId('a-b', '1', 2, 'x'));
    expect(rejectionJobId('a', 'i-A1')).not.toBe(rejectionJobId('a', 'i_A1'));
  });

  it('name a job that is added again later as another request, one that runs again as the same', () => {
    expect(requestName('i-A1', 1000)).toBe(requestName('i-A1', 1000));
    expect(requestName('i-A1', 1000)).not.toBe(requestName('i-A1', 2000));
  });
});
