export type BatchOptions<In, Out> = {
  readonly most: number;
  /** How long the first item waits for company. */
  readonly waitMs: number;
  /** Batches under way at most; items wait together while it is reached. */
  readonly together: number;
  /** One result an item, in order. A rejection rejects every caller of that batch, a rejected result its caller. */
  readonly run: (items: readonly In[]) => Promise<readonly (Out | Promise<Out>)[]>;
};

type Entry<In, Out> = {
  readonly item: In;
  readonly resolve: (value: Out | Promise<Out>) => void;
  readonly reject: (reason: unknown) => void;
};

/** A function that joins calls made close together into one; each caller awaits its own result. */
export function batched<In, Out>(options: BatchOptions<In, Out>): (item: In) => Promise<Out> {
  const open: Entry<In, Out>[] = [];
  let underWay = 0;
  let due = false;
  let timer: NodeJS.Timeout | undefined;

  async function settle(entries: readonly Entry<In, Out>[]): Promise<void> {
    try {
      const results = await options.run(entries.map((entry) => entry.item));
      entries.forEach((entry, index) => entry.resolve(results[index]!));
    } catch (error) {
      for (const entry of entries) entry.reject(error);
    }
    underWay--;
    pump();
  }

  function pump(): void {
    while (open.length > 0 && (due || open.length >= options.most)) {
      if (underWay >= options.together) return;
      underWay++;
      void settle(open.splice(0, options.most));
      due = false;
      clearTimeout(timer);
      timer = undefined;
    }
    if (open.length > 0) timer ??= setTimeout(ring, options.waitMs);
  }

  function ring(): void {
    timer = undefined;
    due = true;
    pump();
  }

  return (item) =>
    new Promise((resolve, reject) => {
      open.push({ item, resolve, reject });
      pump();
    });
}
