import type { Subject } from './subject.ts';

const STEPS = {
  lines: 5,
  child: 3,
  ask: 4,
  burst: 4,
  queue: 2,
  crunch: 1,
  picture: 2,
  run: 2,
  flood: 1,
} as const;

/** Sends the next piece of work. `ID` in R code is the number of its input. */
export function nextStep(subject: Subject): void {
  const { random } = subject;
  switch (random.weighted(STEPS)) {
    case 'lines':
      return void subject.send(`lines(${random.logInt(10, 3000)}, 0.02)`);
    case 'child':
      return void subject.send(`child(ID, ${random.logInt(5, 20_000)})`);
    case 'ask':
      return void subject.send(`ask(${random.int(1, 4)})`);
    case 'burst': {
      const count = random.int(5, 60);
      for (let n = 0; n < count; n++) subject.send(random.next() < 0.5 ? '' : 'say("one of many")');
      return;
    }
    case 'queue': {
      // What waits while R is busy, answers among it.
      subject.send(`nap(${random.next().toFixed(2)})`);
      subject.send('ask(2)');
      for (let n = 0; n < random.int(2, 8); n++) subject.send('say("was queued")');
      return;
    }
    case 'crunch':
      return void subject.send('crunch()');
    case 'picture':
      return void subject.send('picture()');
    case 'run':
      return void subject.send(`lines(${random.logInt(5, 500)})`, undefined, 'run');
    case 'flood':
      return void subject.send(`flood(${random.int(5, 40)})`);
  }
}
