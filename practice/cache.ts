/** Remembers the results of a pure function of a text; the oldest are forgotten first. */
export function remembered<T>(most: number, make: (text: string) => T): (text: string) => T {
  const kept = new Map<string, T>();
  return (text) => {
    const found = kept.get(text);
    if (found !== undefined) {
      kept.delete(text);
      kept.set(text, found);
      return found;
    }
    const made = make(text);
    kept.set(text, made);
    if (kept.size > most) kept.delete(kept.keys().next().value!);
    return made;
  };
}
