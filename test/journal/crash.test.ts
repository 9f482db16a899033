import { appendFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookIntoJournal } from '../../src/journal/journal.ts';
import { FakeDisk, files, ids, open, scratch, segment, send } from './ground.ts';

/**
 * A loss of power at any byte: of the write that was under way, or of none, `kept` thousandths reach the
 * disk, perhaps with zeros behind them; a segment whose directory was not synced may vanish.
 */
const round = fc.record({
  appends: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 6 }),
  death: fc.record({
    step: fc.integer({ min: 0, max: 14 }),
    fault: fc.constantFrom('before' as const, 'after' as const),
  }),
  kept: fc.integer({ min: 0, max: 1000 }),
  zeros: fc.constantFrom(0, 0, 1, 700),
  vanishes: fc.boolean(),
});

const newest = (directory: string): number =>
  files(directory).filter((name) => name.endsWith('.jsonl')).length;

describe('P4: whatever the moment a process or its machine dies', () => {
  it('no synced record is lost, none that was cut comes back, and the order is that of appending', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 6 }), async (rounds) => {
        const directory = scratch();
        /** what must be there, and what may never be there again */
        let synced: string[] = [];
        const gone = new Set<string>();
        let fresh = 0;
        for (const { appends, death, kept, zeros, vanishes } of rounds) {
          const disk = new FakeDisk();
          const journal = await open(directory, {
            disk,
            onFatal: () => undefined,
            segmentBytesMax: 2_500,
          });
          const opened = disk.steps.length;
          disk.dead = true;
          disk.plan = (_, step) => (step === opened + death.step ? death.fault : undefined);
          const underWay: string[] = [];
          let sizes = { segment: newest(directory), bytes: 0 };
          for (const count of appends) {
            const batch = Array.from({ length: count }, (_, i) => `i${fresh + i}`);
            fresh += count;
            const at = newest(directory);
            sizes = { segment: at, bytes: statSync(segment(directory, at)).size };
            try {
              await journal.append(batch.map((id) => send(id)));
              synced.push(...batch);
            } catch {
              underWay.push(...batch);
              break;
            }
          }
          await journal.close();
          if (underWay.length > 0) {
            const at = newest(directory);
            const from = at === sizes.segment ? sizes.bytes : 0;
            const path = segment(directory, at);
            const size = statSync(path).size;
            truncateSync(path, from + Math.floor(((size - from) * kept) / 1000));
            if (kept < 1000) appendFileSync(path, Buffer.alloc(zeros));
            if (vanishes && size === 0 && at > sizes.segment) rmSync(path);
          }
          const view = await lookIntoJournal(directory);
          const found = await ids(view);
          expect(found.slice(0, synced.length)).toEqual(synced);
          const more = found.slice(synced.length);
          expect(more).toEqual(underWay.slice(0, more.length));
          for (const id of underWay.slice(more.length)) gone.add(id);
          expect(found.filter((id) => gone.has(id))).toEqual([]);
          expect(view.openReport.intact).toBe(true);
          synced = found;
        }
        const last = await open(directory);
        expect(await ids(last)).toEqual(synced);
        expect(last.openReport.intact).toBe(true);
        await last.append([send('next')]);
        expect(await ids(last)).toEqual([...synced, 'next']);
        await last.close();
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
