/** Values by key, each made once while it is among those used last; a promise that rejects is not kept. */
export function keepRecent<Value>(most: number): (key: string, make: () => Value) => Value {
  const kept = new Map<string, Value>();
  return (key, make) => {
    const known = kept.get(key);
    const found = known ?? make();
    if (known === undefined && found instanceof Promise) found.catch(() => kept.delete(key));
    kept.delete(key);
    kept.set(key, found);
    if (kept.size > most) kept.delete(kept.keys().next().value!);
    return found;
  };
}
