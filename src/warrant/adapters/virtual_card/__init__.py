"""A card in software: a strict subset of the FMCOS card operating system, in process or behind ``vpcd``.

``files`` holds the memory, ``security`` the volatile state, ``cipher`` the card's own cryptography,
``operating_system`` the commands, ``chip`` ties them to a file on disk, ``reader`` is the reader that cards are
put into, ``vpcd`` serves a card to a PC/SC daemon. The cryptography shares nothing with the terminal's side in
``core.chip`` but the raw ciphers, so that a mistake on one side shows.
"""
