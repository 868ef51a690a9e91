import { bytesText } from './bytes.ts';
import { readPayload, Tombstone } from './payloads.ts';

/** The payload of a tombstone; undefined when it is not one. */
export const readTombstone = (payload: Uint8Array): Tombstone | undefined => readPayload(Tombstone, payload);

/** What stands in a terminal or a document where records are not there. */
export function tombstoneText({ from, to, bytes, reason }: Tombstone): string {
  const size = bytes > 0 ? bytesText(bytes) : undefined;
  switch (reason) {
    case 'retention':
      return size
        ? `[${size} of older output are no longer kept on the server]`
        : '[older output is no longer kept on the server]';
    case 'skipped':
      return `[${size ? `${size} of output` : 'output'} not shown: open the journal to read it]`;
    case 'disk full':
      return `[${size ? `${size} of output` : 'output'} could not be kept: the disk of the server was full]`;
    case 'damage':
      return from === to
        ? `[record ${from} is lost: the journal on the server is damaged]`
        : `[records ${from} to ${to} are lost: the journal on the server is damaged]`;
  }
}
