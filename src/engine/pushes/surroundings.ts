/** What expressions of a push may look up on this link, now. */
import { dayOf, timeOf } from '../../instruction/day.ts';
import type { Surroundings } from '../../pushes/scope.ts';
import { type LinkContext, settingsOf } from '../context.ts';

export function surroundingsOf({ clock, link, spec }: LinkContext): Surroundings {
  const now = clock.now().wall;
  return {
    spec,
    link: settingsOf(spec, link.settings),
    charset: link.charset,
    date: dayOf(now, link.zone),
    time: timeOf(now, link.zone),
  };
}
