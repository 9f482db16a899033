/** What happens between the gateways and the banks, and at the banks. */
import { type Event, measure, pause, type Scene, torment, untilWorked } from './scene.ts';

/** messages to the ledger between two blows, and how long they may take */
const WORK_MAX = 12;
const WORK_WITHIN_MS = 8_000;

const anyBank = ({ proxies }: Scene, random: () => number): string => {
  const names = [...proxies.keys()];
  return names[Math.floor(random() * names.length)] ?? '';
};

const cut: Event = async (scene, random) => {
  scene.proxies.get(anyBank(scene, random))?.cut(random() < 0.5 ? 'reset' : 'close');
};

const stall: Event = async (scene, random) => {
  const proxy = scene.proxies.get(anyBank(scene, random));
  proxy?.stall();
  await pause(scene, 200 + random() * 5_000);
  proxy?.resume();
};

/** Stalled, and cut before it moves again: what was under way is lost or arrives alone. */
const stallAndCut: Event = async (scene, random) => {
  const proxy = scene.proxies.get(anyBank(scene, random));
  proxy?.stall();
  await pause(scene, 200 + random() * 2_000);
  proxy?.cut('reset');
  proxy?.resume();
};

const garble: Event = async (scene, random) => {
  const direction = random() < 0.4 ? 'to-bank' : 'from-bank';
  scene.proxies.get(anyBank(scene, random))?.garble(direction);
};

const refuse: Event = async (scene, random) => {
  const proxy = scene.proxies.get(anyBank(scene, random));
  await proxy?.refuse();
  await pause(scene, 200 + random() * 3_000);
  await proxy?.restore();
};

const restart: Event = async (scene, random) => {
  const ms = Math.floor(100 + random() * 2_000);
  await scene.world.control.outage({ bank: anyBank(scene, random), ms }).catch(() => undefined);
};

const freeze: Event = async (scene, random) => {
  const { bank } = scene.world;
  bank.signal('SIGSTOP');
  await pause(scene, 200 + random() * 3_000);
  bank.signal('SIGCONT');
  measure(scene, 'bank frozen');
};

const throttle: Event = async (scene, random) => {
  const { control } = scene.world;
  await control.changeSettings({ throttleGapMs: 40 }).catch(() => undefined);
  await pause(scene, 500 + random() * 2_000);
  await control.changeSettings({ throttleGapMs: 0 });
};

export function tormentLinks(scene: Scene, random: () => number): Promise<void> {
  const events = [
    [20, 'link cut', cut],
    [16, 'link stalled', stall],
    [8, 'link stalled and cut', stallAndCut],
    [20, 'packet garbled', garble],
    [10, 'link refused', refuse],
    [10, 'front end restarted', restart],
    [8, 'bank frozen', freeze],
    [5, 'bank throttles', throttle],
  ] as const;
  return torment(scene, random, events, async (at, draw) => {
    await pause(at, 300 + draw() * 2_000);
    await untilWorked(at, Math.floor(draw() * WORK_MAX), WORK_WITHIN_MS);
  });
}
