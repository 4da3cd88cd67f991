"""What the words mean: records, two lifecycles, clocks. Knows nobody else in the house."""
