import { bytesText } from '@farside/protocol';
import type { Lost, SnapshotDetail, SnapshotItem } from '@farside/protocol';

/** Shown by name in a dialog; it would not fit otherwise. */
const NAMED = 12;
const REASON_CHARS = 120;

/** The server's time is UTC without saying so, as the original's is. */
export const createdAt = ({ creationTime }: Pick<SnapshotDetail, 'creationTime'>): number =>
  Date.parse(`${creationTime}Z`);

/** As the page of snapshots wants it: without what is the same for all. */
export function itemOf(snapshot: SnapshotDetail): SnapshotItem {
  const { id, name, contentSize: size, session, rVersion, objects, files } = snapshot;
  return { id, name, created: createdAt(snapshot), size, session, rVersion, objects, files };
}

/** The grey text beside a name: "points · 1.2 MB · R 4.2.2". */
export function snapshotDetail({ session, contentSize, rVersion }: SnapshotDetail): string {
  const parts = [session, bytesText(contentSize), rVersion === undefined ? undefined : `R ${rVersion}`];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** One line for each thing that was lost, the first few of many. */
export function lostText(lost: readonly Lost[]): string {
  const lines = lost.slice(0, NAMED).map(({ name, reason }) => {
    const text = `${name}: ${reason.trim()}`;
    return text.length > REASON_CHARS ? `${text.slice(0, REASON_CHARS - 1)}…` : text;
  });
  if (lost.length > NAMED) lines.push(`and ${lost.length - NAMED} more, in the log`);
  return lines.join('\n');
}
