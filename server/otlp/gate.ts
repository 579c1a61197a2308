/** Lets so many pieces of work run at once; others wait in order, up to a number of bytes. */
export type Gate = {
  /** False where too much waits already: nothing was done. */
  enter<T>(bytes: number, work: () => Promise<T>): Promise<{ readonly done: T } | null>;
};

export function createGate({
  atOnce,
  mostWaiting,
}: {
  readonly atOnce: number;
  /** Bytes. */
  readonly mostWaiting: number;
}): Gate {
  const waiting: (() => void)[] = [];
  let [running, bytesWaiting] = [0, 0];
  return {
    async enter(bytes, work) {
      if (running >= atOnce) {
        if (bytesWaiting + bytes > mostWaiting) return null;
        bytesWaiting += bytes;
        await new Promise<void>((resolve) => waiting.push(resolve));
        bytesWaiting -= bytes;
      } else running += 1;
      try {
        return { done: await work() };
      } finally {
        // Who leaves hands its place to the next.
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
