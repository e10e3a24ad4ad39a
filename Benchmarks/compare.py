#!/usr/bin/env python3
"""Runs pairs of commands interleaved and prints medians of processor time and their ratio as Markdown.

compare.py RUNS (NAME OURS THEIRS)…
"""
import resource
import statistics
import subprocess
import sys


def run(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = subprocess.run(command.split(), check=True, capture_output=True, text=True).stdout.split()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, output


def main():
    runs = int(sys.argv[1])
    print("| work; peer | ours, s | peer, s | ours / peer |\n|---|---|---|---|")
    for name, ours, theirs in zip(sys.argv[2::3], sys.argv[3::3], sys.argv[4::3]):
        missing = theirs.startswith("missing ")
        mine, peer = [], []
        for _ in range(runs):
            time, counted = run(ours)
            mine.append(time)
            if not missing:
                time, other = run(theirs)
                peer.append(time)
                if counted[0] != other[0]:
                    sys.exit(f"{name}: {counted} here, {other} there")
        m = statistics.median(mine)
        if missing:
            print(f"| {name} | {m:.3f} | missing | |")
        else:
            p = statistics.median(peer)
            print(f"| {name} | {m:.3f} | {p:.3f} | {m / p:.2f} |")


main()
