"""Boss battles: a window, objectives that tickets bring down, one reward for everyone who took part.

`save_draft`, `rehearse`, `publish`, `cancel`, `extend` and `add_guest` are what people do; each
raises Refused with `messages`. `fight` is the night's step. What pages show is read by
`state_of`, `own_share`, `teams_damage`, `days_damage` and `archive`. See docs/battles.md.
"""
