const ALPHABET = '234567abcdefghijklmnopqrstuvwxyz';
const PAIRS = Array.from({ length: 1024 }, (_, i) => ALPHABET.charAt(i >> 5) + ALPHABET.charAt(i & 31));

/**
 * Writes TIDs quickly: the upper 23 bits of the time change every 18 minutes only, and the rest is looked up in pairs. The world writes
 * several for each event, and must not depend on the code that it tests.
 */
export function createTidWriter(): (micros: number, clockId: number) => string {
  let lastHigh = -1;
  let highText = '';
  return (micros, clockId) => {
    const high = Math.floor(micros / 2 ** 30);
    if (high !== lastHigh) {
      lastHigh = high;
      highText = ALPHABET.charAt((high >>> 20) & 31) + PAIRS[(high >>> 10) & 1023] + PAIRS[high & 1023];
    }
    const low = micros - high * 2 ** 30;
    return highText + PAIRS[low >>> 20] + PAIRS[(low >>> 10) & 1023] + PAIRS[low & 1023] + PAIRS[clockId & 1023];
  };
}
