"""Makes the files of `models/columns/train` importable: blocks, export, optimizer and records are shared."""

import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "columns" / "train"))
