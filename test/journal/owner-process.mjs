// A process that tries to hold a journal directory. Arguments: compiled project, directory, and what to do:
//   asked  each line on stdin is `hold`, `release` or `work <ms>`: the event loop stands still, busy
//   churn  hold, release, hold again, until killed
// Says one line of JSON per event. `claim` is how two owners at once would show: a file made exclusively.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const [, , project, directory, mode] = process.argv;
const module = (name) => import(pathToFileURL(join(project, 'src', 'journal', name)).href);
const { holdDirectory } = await module('ownership.js');
const claim = `${directory}.claim`;
const say = (event) => process.stdout.write(`${JSON.stringify({ pid: process.pid, ...event })}\n`);

// a killed process is a zombie until its parent has waited for it
const lives = (pid) => {
  try {
    return !/^State:\s[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

async function checkAlone() {
  for (let patience = 20; ; patience -= 1) {
    try {
      writeFileSync(claim, String(process.pid), { flag: 'wx' });
      return;
    } catch {
      const other = Number(readFileSync(claim, 'utf8'));
      if (!lives(other)) rmSync(claim);
      else if (patience === 0) return say({ event: 'two owners', other });
      else await sleep(10);
    }
  }
}

async function attempt() {
  try {
    const ownership = await holdDirectory(directory);
    await checkAlone();
    say({ event: 'owner' });
    return ownership;
  } catch (error) {
    say({ event: 'refused', code: error.code, detail: error.detail });
    return undefined;
  }
}

const release = async (ownership) => {
  rmSync(claim);
  await ownership.release();
};

if (mode === 'churn') {
  for (;;) {
    const ownership = await attempt();
    await sleep(Math.random() * 8);
    if (ownership !== undefined) await release(ownership);
  }
}
let ownership;
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'hold') ownership = await attempt();
  else if (line.startsWith('work')) {
    const until = performance.now() + Number(line.split(' ')[1]);
    while (performance.now() < until);
    say({ event: 'worked' });
  } else {
    await release(ownership);
    say({ event: 'released' });
  }
}
