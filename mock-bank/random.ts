/** Random numbers from a seed and a text: the same two always give the same numbers (mulberry32 on FNV-1a). */
export function draw(seed: number, text: string): () => number {
  let state = (2166136261 ^ seed) >>> 0;
  for (const char of text) state = Math.imul(state ^ char.charCodeAt(0), 16777619) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
