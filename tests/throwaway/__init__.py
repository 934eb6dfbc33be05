"""A capability made of nothing but its folder: what the rest of the product shows of it is tested."""
