"""The demo company: a made-up helpdesk's exports, written to files and imported like real ones.

Nothing here is used by the product itself. `company` makes the people, `skills` and `shifts` say
how and when they work, `tickets` and `activities` what comes of it, `exports` writes the files,
`fill` imports them.
"""
