import { formatBytes, formatCount } from '../data/format.ts';

/** A size, such as 1.25 GB; the exact one shows on hover. */
export function Bytes({ bytes }: { bytes: number }) {
  return (
    <data value={bytes} title={`${formatCount(bytes)} bytes`}>
      {formatBytes(bytes)}
    </data>
  );
}
