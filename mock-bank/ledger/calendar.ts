/** The bank's day and time in Asia/Shanghai (UTC+8 the whole year) from milliseconds that are passed in. */
const offsetMs = 8 * 3_600_000;

const iso = (at: number): string => new Date(at + offsetMs).toISOString();

/** yyyymmdd */
export const dayOf = (at: number): string => iso(at).slice(0, 10).replaceAll('-', '');
/** hhmmss */
export const timeOf = (at: number): string => iso(at).slice(11, 19).replaceAll(':', '');

/** hh:mm:ss */
export const clockTime = (at: number): string => iso(at).slice(11, 19);

/** The instant of a bank day and time; undefined if it is none. */
export function instantOf(day: string, time: string): number | undefined {
  if (!/^\d{8}$/.test(day) || !/^\d{6}$/.test(time)) return undefined;
  const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`;
  const at = Date.parse(`${date}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}Z`);
  return Number.isNaN(at) ? undefined : at - offsetMs;
}
