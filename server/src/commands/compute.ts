import type { Command } from 'commander';

/** `farside compute`: what `serve` starts for itself. */
export function computeCommand(program: Command): void {
  program
    .command('compute', { hidden: true })
    .description('Run R sessions. `farside serve` starts this by itself.')
    .requiredOption('--data-dir <dir>', 'where everything is kept')
    .option('--r <path>', 'the R to use: program or R_HOME')
    .action(async (options: { dataDir: string; r?: string }) => {
      const compute = await import('../compute/command.ts');
      await compute.computeCommand(options);
    });
}
