/** Thrown by the engine when it has no room: the job goes back to wait its turn, it never fails. */
export class Busy extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'Busy';
  }
}
