"""Runs every measurement, or those named: `make bench [ARGS=starting]`."""

import importlib
import os
import pkgutil
import platform
import sys

import bench


def main(names):
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    for name in names or sorted(
        module.name for module in pkgutil.iter_modules(bench.__path__) if module.name[0] != "_"
    ):
        for what, figure in importlib.import_module(f"bench.{name}").measure():
            print(f"{figure:>14}  {what}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
