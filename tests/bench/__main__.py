"""Run every bench, or those that are named: `python -m tests.bench [NAME ...]`."""

import pkgutil
import subprocess
import sys

import tests.bench


def main() -> int:
    names = sorted(found.name for found in pkgutil.iter_modules(tests.bench.__path__) if not found.name.startswith("_"))
    wanted = sys.argv[1:] or names
    if unknown := sorted(set(wanted) - set(names)):
        sys.stderr.write(f"no such bench: {', '.join(unknown)}; there are {', '.join(names)}\n")
        return 1
    failed = []
    for name in wanted:
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        if subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        sys.stderr.write(f"failed: {', '.join(failed)}\n")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
