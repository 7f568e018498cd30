"""What a loss is: its formulas, curves and properties, the constant it fits, the noise it is made for."""
