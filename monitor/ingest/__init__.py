"""From feeds to items: what to ask when, what came, and which of it is new."""
