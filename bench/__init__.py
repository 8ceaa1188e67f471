"""What the README's figures come from: `make bench`. Each module measures one thing and returns rows (what, figure)."""
