"""Draws the sample pictures of this folder: `python3 make_samples.py [NAME ...]`.

Needs numpy and pillow. Nothing is random that has no fixed seed, nothing is read but this code, and
every picture is made from scratch, so that all of them may be given away under the project's licence.
About four minutes on two cores for all; a name (`elephant`) makes one alone.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from drawing import flat, scenes


def eight_bit(picture):
    return picture if picture.dtype == np.uint8 else (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)


def bare(picture):
    """Pixels that are wholly transparent get no colour, so that the file is small."""
    picture[picture[..., 3] == 0] = 0
    return picture


PICTURES = {
    "elephant": ("elephant.png", lambda: bare(eight_bit(scenes.elephant()))),
    "rocket": ("rocket.png", lambda: bare(eight_bit(scenes.rocket()))),
    "amphora": ("amphora.jpg", lambda: eight_bit(scenes.amphora())),
    "robot": ("robot.jpg", lambda: eight_bit(scenes.robot())),
    "lyre": ("lyre.png", lambda: bare(flat.lyre())),
    "owl": ("owl.png", flat.owl),
    "fox": ("fox.png", flat.fox),
    "lake": ("lake.jpg", flat.lake),
}


def main(names):
    for name in names or PICTURES:
        file, draw = PICTURES[name]
        image = Image.fromarray(draw())
        path = Path(__file__).parent / file
        if name == "fox":  # A few flat colours: a palette, as drawing programs write it.
            image = image.quantize(64, dither=Image.Dither.NONE)
        if path.suffix == ".jpg":
            image.save(path, quality=90, optimize=True, subsampling=0)
        else:
            image.save(path, optimize=True)
        print(f"{file}: {image.width} × {image.height}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
