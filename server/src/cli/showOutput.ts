import { readTombstone, RecordType, tombstoneText, type JournalRecord } from '@farside/protocol';
import { write } from './output.ts';

/** Shows what R and its children printed, each stream on its own, and says what is missing of it. Nothing else. */
export function showOutput({ type, payload }: JournalRecord): void | Promise<void> {
  switch (type) {
    case RecordType.stdout:
    case RecordType.childStdout:
      return write(process.stdout, payload);
    case RecordType.stderr:
    case RecordType.childStderr:
      return write(process.stderr, payload);
    case RecordType.tombstone: {
      const tombstone = readTombstone(payload);
      return tombstone ? write(process.stderr, `farside: ${tombstoneText(tombstone)}\n`) : undefined;
    }
  }
}
