"""How records move: the contract, and its two implementations."""
