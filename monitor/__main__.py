"""`python -m monitor` is `demarche`."""

from monitor.cli import main

main()
