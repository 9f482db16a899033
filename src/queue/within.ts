/** Whether it ended, well or not, in that time. For closing: the library waits for Redis without end. */
export async function within(what: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const ended = what.then(
    () => true,
    () => true,
  );
  return Promise.race([ended, enough]).finally(() => clearTimeout(timer));
}
