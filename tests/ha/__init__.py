"""Two hub nodes over three database nodes, for real on loopback, and what happens when one of them is killed."""
