"""Cards in real readers, over the PC/SC daemon; needs the optional dependency ``pcsc`` (pyscard).

Nothing imports :mod:`warrant.adapters.pcsc.reader` unless readers of this kind are switched on.
"""
