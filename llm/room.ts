/** A place for one call at a time; entered again for another attempt. */
export type Place = {
  enter(): Promise<void>;
  /** Gives the place up; nothing where it is not held. */
  leave(): void;
};

/**
 * Places for calls whose reply is not stored yet, given in the order they were asked for. Their number is what a kill can cost: it counts
 * calls under way and replies that wait to be stored together, so that a burst of replies holds up no more calls than it must.
 */
export function createRoom(most: number): () => Place {
  let taken = 0;
  const waiting: (() => void)[] = [];
  const enter = (): Promise<void> => {
    if (taken >= most) return new Promise((resolve) => waiting.push(resolve));
    taken += 1;
    return Promise.resolve();
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else taken -= 1;
  };
  return () => {
    let held = false;
    return {
      async enter() {
        await enter();
        held = true;
      },
      leave() {
        if (held) leave();
        held = false;
      },
    };
  };
}
