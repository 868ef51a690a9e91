import { bytesText } from '@farside/protocol';
import type { Step } from '../ui/progress.ts';

/** Turns "so many bytes are there" into the steps of a progress notification: one a percent. */
export function percentSteps(total: number, report: (step: Step) => void): (bytes: number) => void {
  let shown = 0;
  return (bytes) => {
    const percent = total > 0 ? Math.floor((Math.min(bytes, total) / total) * 100) : 100;
    if (percent <= shown) return;
    report({ message: `${bytesText(bytes)} of ${bytesText(total)}`, increment: percent - shown });
    shown = percent;
  };
}
