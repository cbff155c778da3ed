"""Standing detectors: what is wrong in the register without anybody having asked, and who deals with it by when."""
