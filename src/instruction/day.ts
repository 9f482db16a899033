/** The bank's calendar. Time comes in as Redis TIME in ms; nothing here asks the host. */

/** One is made once for each zone: making it takes a hundred times as long as asking it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const two = '2-digit';
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
  });
  formats.set(zone, made);
  return made;
}

/** What calendar and clock on the wall show: yyyymmdd, and the rest of the day in ms. */
function wallOf(ms: number, zone: string): { day: string; sinceMidnight: number } {
  const parts = formatOf(zone).formatToParts(ms);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((one) => one.type === type)?.value ?? '';
  const minutes = Number(part('hour')) * 60 + Number(part('minute'));
  const sinceMidnight = (minutes * 60 + Number(part('second'))) * 1_000;
  return { day: `${part('year')}${part('month')}${part('day')}`, sinceMidnight };
}

/** Business day, yyyymmdd, in the bank's zone. */
export const dayOf = (ms: number, zone: string): string => wallOf(ms, zone).day;

/** Time of day, hhmmss, in the bank's zone. */
export function timeOf(ms: number, zone: string): string {
  const seconds = wallOf(ms, zone).sinceMidnight / 1_000;
  const parts = [seconds / 3_600, (seconds / 60) % 60, seconds % 60];
  return parts.map((one) => String(Math.floor(one)).padStart(2, '0')).join('');
}

const midnightUtc = (day: string, days = 0): number =>
  Date.UTC(+day.slice(0, 4), +day.slice(4, 6) - 1, +day.slice(6, 8) + days);

/** The calendar day `days` after `day` (both yyyymmdd). */
export function addDays(day: string, days: number): string {
  return new Date(midnightUtc(day, days)).toISOString().slice(0, 10).replaceAll('-', '');
}

/** All days from `first` to `last`, both included. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}

const DAY_MS = 86_400_000;

/**
 * The instant a day (yyyymmdd) begins in the bank's zone, ms. Where clocks are changed that day, the wall
 * shows midnight by the offset before or after the change: the earliest of the two that is in the day.
 */
export function startOfDay(day: string, zone: string): number {
  const utc = midnightUtc(day);
  const starts = [utc - DAY_MS, utc + DAY_MS].map((at) => {
    const wall = wallOf(at, zone);
    return utc - (midnightUtc(wall.day) + wall.sinceMidnight - at);
  });
  const inDay = starts.filter((at) => dayOf(at, zone) === day);
  return Math.min(...(inDay.length > 0 ? inDay : starts));
}
