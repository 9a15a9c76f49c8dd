#!/usr/bin/env zsh
# SPDX-License-Identifier: GPL-2.0-or-later
# complete.zsh FOLDER LINE: what zsh offers for LINE with the completion functions in FOLDER, one a line.
zmodload zsh/zpty || exit
zpty shell zsh -f -i
zpty -w shell "PS1= PS2= RPS1=; unset zle_bracketed_paste; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D"
# The words are taken where the completion system hands them over.
zpty -w shell 'compadd() {
	local -a given; builtin compadd -A given "$@"; (( $#given )) && print -rl -- WORD:$^given >&3
	builtin compadd "$@"
}
ends() { print -r -- DONE >&3 }
zle -C offer complete-word _main_complete; offer-all() { zle offer; ends; }; zle -N offer-all; bindkey "^I" offer-all'
out=$(mktemp)
zpty -w shell "exec 3>$out"
zpty -w -n shell "$2"$'\t'
for i in {1..100}; do
	grep -q '^DONE$' $out && break
	sleep 0.1
	zpty -r -t shell >/dev/null
done
zpty -d shell
sed -n 's/^WORD://p' $out
rm -f $out
