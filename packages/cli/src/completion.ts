import type { Command, Option } from 'commander';

/** What a shell offers: a word, and what it is for. */
type Offer = { word: string; about: string };

/** The command of which the words before are a part, and the option whose value comes next, if one is asked for. */
const standOf = (program: Command, words: string[]): { command: Command; option: Option | undefined } => {
  let command = program;
  let option: Option | undefined;
  for (const word of words) {
    const own = [...command.options, ...program.options];
    if (word.startsWith('-')) option = own.find(({ short, long }) => [short, long].includes(word));
    else {
      if (option === undefined) command = command.commands.find((one) => one.name() === word) ?? command;
      option = undefined;
    }
    if (option && !option.required && !option.optional) option = undefined;
  }
  return { command, option };
};

const offersOf = (program: Command, { command, option }: ReturnType<typeof standOf>): Offer[] => {
  if (option !== undefined) return (option.argChoices ?? []).map((word) => ({ word, about: '' }));
  const options = [...new Set([...command.options, ...program.options])];
  return [
    ...command.commands.map((one) => ({ word: one.name(), about: one.description() })),
    ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices.map((word) => ({ word, about: '' }))),
    ...options.map(({ long, short, description }) => ({ word: long ?? short ?? '', about: description })),
  ];
};

/** What may stand where the last word is begun; a line for each, with a tab before what it is for. */
export const completions = (program: Command, words: string[]): string[] => {
  const begun = words.at(-1) ?? '';
  const stand = standOf(program, words.slice(0, -1));
  // Options are many: they are offered once a dash stands there.
  return offersOf(program, stand)
    .filter(({ word }) => word.startsWith(begun) && (begun !== '' || stand.option !== undefined || !word.startsWith('-')))
    .map(({ word, about }) => `${word}\t${about}`);
};

/** Scripts for shells, which ask the command itself. Where it offers nothing, files are offered. */
export const scripts = {
  bash: `_averment() {
  local IFS=$'\\n'
  COMPREPLY=($(averment __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
  if ((\${#COMPREPLY[@]} == 0)); then compopt -o default 2>/dev/null; fi
}
complete -F _averment averment
`,
  zsh: `#compdef averment
_averment() {
  local -a found
  found=("\${(@f)$(averment __complete "\${(@)words[2,CURRENT]}" 2>/dev/null | sed -e 's/:/\\\\:/g' -e $'s/\\t/:/')}")
  if [[ -n $found[1] ]]; then _describe averment found; else _files; fi
}
compdef _averment averment
`,
  fish: `complete -c averment -a '(averment __complete (commandline -opc)[2..] (commandline -ct))'
`,
} as const;
