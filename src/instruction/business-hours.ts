/** When a bank takes orders, by the clock of its own zone. Pure: time comes in as Redis TIME in ms. */
import { timeOf } from './day.ts';

/** `from` is in, `to` is out: 08:30 to 16:30. One that ends before it begins goes on after midnight. */
export interface Hours {
  readonly from: string;
  readonly to: string;
}

const within = ({ from, to }: Hours, time: string): boolean =>
  from < to ? from <= time && time < to : from <= time || time < to;

/** No hours: always. */
export function isOpen(hours: readonly Hours[] | undefined, ms: number, zone: string): boolean {
  if (hours === undefined) return true;
  const clock = timeOf(ms, zone);
  const time = `${clock.slice(0, 2)}:${clock.slice(2, 4)}`;
  return hours.some((one) => within(one, time));
}
