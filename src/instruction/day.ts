/** The bank's calendar. Time comes in as Redis TIME in ms; nothing here asks the host. */

/** Business day, yyyymmdd, in the bank's zone. */
export function dayOf(ms: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(ms);
  return parts.replaceAll('-', '');
}

/** The calendar day `days` after `day` (both yyyymmdd). */
export function addDays(day: string, days: number): string {
  const at = Date.UTC(+day.slice(0, 4), +day.slice(4, 6) - 1, +day.slice(6, 8) + days);
  return new Date(at).toISOString().slice(0, 10).replaceAll('-', '');
}

/** All days from `first` to `last`, both included. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}

/** The instant a day (yyyymmdd) begins in the bank's zone, ms. */
export function startOfDay(day: string, zone: string): number {
  const noon = Date.UTC(+day.slice(0, 4), +day.slice(4, 6) - 1, +day.slice(6, 8), 12);
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(noon);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  const ahead = part('day') - Number(day.slice(6, 8));
  const sameMonth = Math.abs(ahead) <= 1 ? ahead : Math.sign(-ahead);
  return noon - ((part('hour') + 24 * sameMonth) * 60 + part('minute')) * 60_000;
}
