"""From reports to incidents, and to what there is to tell of them. Pure."""
