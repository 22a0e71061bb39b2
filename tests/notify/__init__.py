"""Tests of notify: real sockets on loopback, a clock that is handed in."""
