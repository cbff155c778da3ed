"""The laboratory: published keys, made-up cards and cards broken on purpose, for whoever builds a reader.

Nothing here opens a vault or belongs to a node. Laboratory certificates begin with 99, which is no province's code,
and are signed by keys that no node trusts: no card made here can pass for an officer's.
"""
