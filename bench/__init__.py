"""How fast the register is with half a million officers: ``make bench``. Not part of the test suite."""
