import { Argument, type Command } from 'commander';
import { scripts } from '../completion.ts';

export const addCompletion = (program: Command): void => {
  program
    .command('completion')
    .description('Print a script by which a shell completes commands and options')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(scripts)))
    .addHelpText(
      'after',
      `
  bash   averment completion bash > ~/.local/share/bash-completion/completions/averment
  zsh    averment completion zsh > "\${fpath[1]}/_averment"
  fish   averment completion fish > ~/.config/fish/completions/averment.fish`,
    )
    .action((shell: keyof typeof scripts) => void process.stdout.write(scripts[shell]));
};
