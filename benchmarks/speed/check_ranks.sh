#!/bin/sh
# check_ranks.sh [PATH/recallbench-speed]: trains one network on 2 and on 4 processes under mpirun and on as
# many threads of one process, and compares the digests of the weights after 20 steps. Needs a build with
# `make build MPI=1`.
speed=${1:-.build/release/recallbench-speed}
root=
[ "$(id -u)" = 0 ] && root=--allow-run-as-root
status=0
for ranks in 2 4; do
  for network in "--width 0.25" "--width 1" "--backbone resnet101 --width 0.125"; do
    options="ranks --digest --batch 4 --rows 33 --columns 65 --loss recall $network"
    threads=$("$speed" $options --in-process $ranks) || exit 1
    processes=$(mpirun $root --oversubscribe --bind-to none -n $ranks "$speed" $options) || exit 1
    if [ "$threads" = "$processes" ]; then
      echo "the same: $processes"
    else
      echo "processes: $processes; threads: $threads" >&2
      status=1
    fi
  done
done
exit $status
