#!/bin/sh
# usage: pages.sh PROGRAM FOLDER
# Writes the manual pages and the completions that the program prints of itself.
set -eu
tool=$1
folder=$2
mkdir -p "$folder"
rm -f "$folder"/*
"$tool" help --format man >"$folder/meshbench.1"
# The names as the completion for fish lists them, one a line.
for name in $("$tool" completion fish | sed -n 's/^complete .*use_subcommand -f -a \([a-z-]*\) .*/\1/p'); do
    "$tool" help --format man "$name" >"$folder/meshbench-$name.1"
done
"$tool" completion bash >"$folder/meshbench.bash"
"$tool" completion zsh >"$folder/_meshbench"
"$tool" completion fish >"$folder/meshbench.fish"
