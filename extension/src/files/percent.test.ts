import { expect, test } from 'vitest';
import type { Step } from '../ui/progress.ts';
import { percentSteps } from './percent.ts';

test('steps add up to the whole, one a percent, and never go back', () => {
  const steps: Step[] = [];
  const at = percentSteps(1_000, (step) => steps.push(step));
  for (let bytes = 0; bytes <= 1_000; bytes += 3) at(bytes);
  at(400);
  at(1_000);
  expect(steps).toHaveLength(100);
  expect(steps.reduce((sum, { increment = 0 }) => sum + increment, 0)).toBe(100);
  expect(steps.at(-1)?.message).toBe('1.0 kB of 1.0 kB');
});

test('a file that goes on where it stopped begins with what is there, and an empty one is whole', () => {
  const steps: Step[] = [];
  percentSteps(1_000, (step) => steps.push(step))(600);
  percentSteps(0, (step) => steps.push(step))(0);
  expect(steps.map(({ increment }) => increment)).toEqual([60, 100]);
});
