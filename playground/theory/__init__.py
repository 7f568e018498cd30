"""Mathematics of a loss that needs no page: its value over lines, its optimum, its limits."""
