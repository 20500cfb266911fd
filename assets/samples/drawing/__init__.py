"""The parts that `make_samples.py` draws the sample pictures with."""
