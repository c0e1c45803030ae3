import type { Forwarded } from './dev-network.ts';

/** Answers of com.atproto.sync.getRepo, sound ones and others. */

export function asCar(body: Uint8Array): Forwarded {
  return { status: 200, headers: { 'content-type': 'application/vnd.ipld.car' }, body };
}

/** With another byte in the middle. */
export function changed(car: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(car);
  const at = Math.floor(copy.length / 2);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

export function withoutLastBlock(car: Uint8Array): Uint8Array {
  const readLength = (at: number): [number, number] => {
    let [value, shift, next] = [0, 1, at];
    for (let byte = 128; byte >= 128; shift *= 128) {
      byte = car[next++] ?? 0;
      value += (byte & 127) * shift;
    }
    return [value, next];
  };
  let last = 0;
  for (let at = 0; at < car.length; ) {
    last = at;
    const [length, next] = readLength(at);
    at = next + length;
  }
  return car.subarray(0, last);
}
