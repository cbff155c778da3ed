"""Reading findings: what detectors point at, what is written down, and the figures of it."""
