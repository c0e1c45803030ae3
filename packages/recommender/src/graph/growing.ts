/** Arrays that hold numbers by id. */
export type Numbers = Uint8Array | Uint16Array | Uint32Array | Float32Array;

/** The array, or a longer copy of it that has `width` places for this id. It grows by half: memory is what the graph is measured by. */
export function withPlaceFor<T extends Numbers>(numbers: T, id: number, width = 1): T {
  if (numbers.length >= (id + 1) * width) return numbers;
  const ids = Math.max(id + 1, Math.ceil((numbers.length / width) * 1.5), 64);
  const longer = new (numbers.constructor as new (length: number) => T)(ids * width);
  longer.set(numbers);
  return longer;
}
