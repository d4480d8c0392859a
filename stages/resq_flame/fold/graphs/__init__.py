"""Call graphs and call trees as stacks."""
