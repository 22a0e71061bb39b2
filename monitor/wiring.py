"""The only file that opens things: stream, HTTP client, clock, rules, channels."""
