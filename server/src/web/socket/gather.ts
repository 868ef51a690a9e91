/** Calls at most once in so many milliseconds for each key: at their end, when there was news meanwhile. */
export function gather(ms: number, tell: (key: string) => void): { add(key: string): void; stop(): void } {
  const waiting = new Map<string, NodeJS.Timeout>();
  return {
    add(key) {
      if (waiting.has(key)) return;
      const timer = setTimeout(() => {
        waiting.delete(key);
        tell(key);
      }, ms);
      waiting.set(key, timer);
    },
    stop() {
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
