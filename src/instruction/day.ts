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
