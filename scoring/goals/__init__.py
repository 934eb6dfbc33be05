"""What agent and supervisor agreed, and how far it is."""
