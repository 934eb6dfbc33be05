"""Points: rules as data, and a ledger to which only the difference is ever added.

`rules` writes and publishes versions, `desired` works out what the facts are worth, `ledger`
posts desired − posted, `awards` are given by hand, `seasons` and `levels` read the ledger.
"""
