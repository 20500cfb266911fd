"""Pictures of one object in front of something, with the object's opacity: all of it made, no photograph.

    python scenes.py --data FOLDER --into FOLDER --count 100 --side 320 --seed 9 --kind photo|flat

writes NNN.png and NNN.alpha.png, for measuring and for looking at. Colours of backgrounds are colours of objects, so
that colour alone tells nothing.
"""

import argparse
import io
import pathlib

import numpy as np
from PIL import Image, ImageFilter

import objects

FLAT_SHARE = 0.25
INSIDE = 200  # opacity from which a pixel's colour is the object's


def blurred(x, sigma):
    """A plane or a picture of bytes-to-be, in 0..1, blurred by a Gaussian of `sigma` pixels."""
    if sigma < 0.2:
        return x
    kind = ImageFilter.GaussianBlur(sigma)
    image = Image.fromarray(np.round(x.clip(0, 1) * 255).astype(np.uint8)).filter(kind)
    return np.asarray(image, np.float32) / 255


def resized(x, width, height):
    """A plane of floats, bicubic."""
    return np.asarray(Image.fromarray(x.astype(np.float32)).resize((width, height), Image.BICUBIC))


class Painter:
    """Draws planes and pictures of one side with one source of random numbers and one of colours."""

    def __init__(self, side, random, colors):
        self.side, self.random, self.colors = side, random, colors
        at = (np.arange(side, dtype=np.float32) + 0.5) / side
        self.x, self.y = np.meshgrid(at, at)

    def between(self, low, high):
        return low + (high - low) * self.random.random()

    def chance(self, share):
        return self.random.random() < share

    # Planes in 0..1.

    def noise(self, cells, octaves, stretch=1.0, loss=0.55):
        """Octaves of smooth noise, the coarsest with `cells` across."""
        total, weight, out = 0.0, 1.0, np.zeros((self.side, self.side), np.float32)
        for _ in range(octaves):
            rows, columns = max(2, round(cells)), max(2, round(cells * stretch))
            if max(rows, columns) > self.side:
                break
            out += weight * resized(self.random.random((rows + 1, columns + 1)), self.side, self.side)
            total, weight, cells = total + weight, weight * loss, cells * 2
        return out / max(total, 1e-6)

    def along(self):
        """A coordinate in a random direction, about 0..1 over the frame."""
        turn = self.random.random() * 2 * np.pi
        return 0.5 + 0.7 * ((self.x - 0.5) * np.cos(turn) + (self.y - 0.5) * np.sin(turn))

    def gradient(self):
        if self.chance(0.6):
            return self.along()
        center = self.random.random(2)
        return np.hypot(self.x - center[0], self.y - center[1])

    def stripes(self):
        wave = self.along() * self.between(4, 30) + self.between(0, 2) * self.noise(3, 2)
        ramp = wave % 1
        return (ramp < self.between(0.2, 0.8)).astype(np.float32) if self.chance(0.5) else np.abs(2 * ramp - 1)

    def wood(self):
        grain = self.noise(self.between(1, 3), 5, stretch=self.between(6, 20))
        rings = (grain * self.between(3, 9)) % 1
        wood = 0.6 * grain + 0.4 * rings
        if self.chance(0.5):  # planks
            where = self.x * self.random.integers(3, 8)
            wood = (wood + 0.5 * self.random.random(10)[where.astype(int)]) / 1.5
            wood[(where % 1) < 0.04] *= 0.3
        return wood.T if self.chance(0.5) else wood

    def tiles(self):
        count = self.random.integers(3, 14)
        u, v = self.along() * count, self.along() * count
        if self.chance(0.7):
            u, v = self.x * count + self.random.random(), self.y * count + self.random.random()
        i, j = np.floor(u).astype(int) % 31, np.floor(v).astype(int) % 31
        if self.chance(0.3):
            tone = ((i + j) % 2).astype(np.float32)
        else:
            tone = self.random.random((31, 31), np.float32)[i, j] * self.between(0.2, 1)
        joint = self.between(0.02, 0.1)
        tone[((u % 1) < joint) | ((v % 1) < joint)] = self.random.random()
        return tone

    def blobs(self):
        out = np.full((self.side, self.side), self.random.random(), np.float32)
        for _ in range(self.random.integers(3, 30)):
            cx, cy, r = *self.random.random(2), self.between(0.02, 0.2)
            inside = ((self.x - cx) ** 2 + (self.y - cy) ** 2 < r * r).astype(np.float32)
            if self.chance(0.4):
                inside = ((np.abs(self.x - cx) < r) & (np.abs(self.y - cy) < r * self.between(0.2, 2))).astype(np.float32)
            out += inside * self.between(0.3, 1) * (self.random.random() - out)
        return out

    def cloth(self):
        return 0.5 * self.noise(self.between(1.5, 4), 3) + 0.5 * self.noise(self.between(20, 60), 3)

    def texture(self):
        kinds = (self.gradient, self.stripes, self.wood, self.tiles, self.blobs, self.cloth)
        kinds += (lambda: self.noise(self.between(1, 8), self.random.integers(1, 7), loss=self.between(0.4, 0.9)),) * 2
        plane = kinds[self.random.integers(len(kinds))]()
        if self.chance(0.3):
            plane = plane + self.between(0, 0.6) * self.noise(self.between(2, 20), 4)
        low, high = plane.min(), plane.max()
        return (plane - low) / max(high - low, 1e-3)

    # Pictures.

    def color(self):
        color = self.colors[self.random.integers(len(self.colors))]
        return (color + self.random.normal(0, 0.04, 3)).clip(0, 1).astype(np.float32)

    def ramp(self, plane):
        """Colours along a plane, between two to four of the palette; often close to each other."""
        colors = np.stack([self.color() for _ in range(self.random.integers(2, 5))])
        colors = colors.mean(0) + (colors - colors.mean(0)) * self.between(0.15, 1)
        stops = np.linspace(0, 1, len(colors))
        index = (plane.clip(0, 1) * 255).astype(np.uint8)
        return np.stack([np.interp(np.arange(256) / 255, stops, colors[:, c]) for c in range(3)], 1).astype(np.float32)[index]

    def room(self):
        """A wall and a floor, or a table; the floor's texture shrinks towards the horizon."""
        wall, floor = self.ramp(self.texture()), self.ramp(self.texture())
        horizon = self.between(0.15, 0.75) + self.between(-0.12, 0.12) * (self.x - 0.5)
        depth = ((self.y - horizon) / (1 - horizon)).clip(0.03, 1)
        row = ((1 / depth - 1) / 8).clip(0, 1)
        column = ((self.x - 0.5) / (0.3 + 0.7 * depth) * 0.5 + 0.5).clip(0, 1)
        at = lambda t: (t * (self.side - 1)).astype(int)  # noqa: E731
        floor = floor[at(1 - row), at(column)]
        if self.chance(0.4):
            wall = blurred(wall, self.side * self.between(0.005, 0.04))
        out = np.where((self.y < horizon)[..., None], wall, floor)
        if self.chance(0.5):  # a skirting board or the table's edge
            width = self.between(0.01, 0.06)
            out[np.abs(self.y - horizon) < width] = self.color()
        return out

    def paper(self):
        shade = self.between(0.45, 1) * np.ones(3) + self.random.normal(0, 0.02, 3)
        light = 1 - self.between(0, 0.5) * self.gradient().clip(0, 1) ** 2
        return (light[..., None] * (shade + self.between(0, 0.05) * (self.noise(30, 2)[..., None] - 0.5))).astype(np.float32)

    def flat(self):
        """One colour, a gentle gradient, or paper."""
        if self.chance(0.4):
            return self.paper()
        color = self.color() if self.chance(0.6) else np.full(3, self.between(0.75, 1), np.float32)
        strength = self.between(0, 0.3) if self.chance(0.5) else 0
        return (color * (1 - strength * self.gradient()[..., None].clip(0, 1))).astype(np.float32)

    def busy(self):
        out = self.room() if self.chance(0.4) else self.ramp(self.texture())
        for _ in range(self.random.integers(0, 3)):  # patches of something else
            mask = (self.noise(self.between(1, 5), 2) > self.between(0.5, 0.65)).astype(np.float32)
            out = out + (self.ramp(self.texture()) - out) * blurred(mask, self.between(0, 3))[..., None]
        if self.chance(0.45):
            out = blurred(out, self.side * self.between(0.003, 0.04))
        light = 1 - self.between(0, 0.5) * self.noise(self.between(1, 3), 1)[..., None]
        return out * light

    def recolored(self, rgba):
        """Other colours for an object: gains, order of the channels, contrast."""
        rgb, alpha = rgba[..., :3], rgba[..., 3:]
        if self.chance(0.4):
            rgb = rgb[..., self.random.permutation(3)]
        gain = np.exp(self.random.normal(0, 0.2) + self.random.normal(0, 0.1, 3)).astype(np.float32)
        rgb = (rgb * gain + np.float32(self.random.normal(0, 0.05)) * alpha).clip(0, 1)
        return np.concatenate([np.minimum(rgb, alpha), alpha], 2)

    def placed(self, source, size, center):
        """An object drawn into an empty frame: its box `size` long, its centre there, both in shares of the side."""
        rows, columns = np.nonzero(source[..., 3] > 20)
        top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
        part = source[top:bottom, left:right]
        part = part[:, ::-1] if self.chance(0.5) else part
        scale = size * self.side / max(part.shape[:2])
        stretch = np.exp(self.random.normal(0, 0.12))
        width, height = max(3, round(part.shape[1] * scale * stretch)), max(3, round(part.shape[0] * scale / stretch))
        part = np.asarray(Image.fromarray(np.ascontiguousarray(part), "RGBa").resize((width, height), Image.LANCZOS))
        out = np.zeros((self.side, self.side, 4), np.float32)
        x, y = round(center[0] * self.side - width / 2), round(center[1] * self.side - height / 2)
        x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + width, self.side), min(y + height, self.side)
        if x1 > x0 and y1 > y0:
            out[y0:y1, x0:x1] = part[y0 - y : y1 - y, x0 - x : x1 - x] / np.float32(255)
        return self.recolored(out)

    def shadow(self, alpha):
        """How much light an object leaves, 0..1: a contact shadow, a cast one, or one on a wall behind."""
        rows, columns = np.nonzero(alpha > 0.5)
        light = np.ones_like(alpha)
        if len(rows) == 0:
            return light
        bottom, middle, half = (rows.max() + 1) / self.side, columns.mean() / self.side, np.ptp(columns) / self.side / 2
        if self.chance(0.7):
            rx, ry = half * self.between(0.6, 1.2) + 0.01, self.between(0.01, 0.06)
            off = np.hypot((self.x - middle) / rx, (self.y - bottom + 0.3 * ry) / ry)
            light *= 1 - self.between(0.2, 0.8) * blurred((off < 1).astype(np.float32), self.side * self.between(0.003, 0.02))
        if self.chance(0.4):  # on the floor: squashed and sheared about the foot
            squash, shear = self.between(0.15, 0.6), self.between(-1.5, 1.5)
            up = (bottom - self.y) / squash
            columns = (self.x - shear * (bottom - self.y)) * self.side
            rows = (bottom - up) * self.side
            inside = (columns >= 0) & (columns < self.side) & (rows >= 0) & (rows < self.side)
            cast = np.where(inside, alpha[rows.clip(0, self.side - 1).astype(int), columns.clip(0, self.side - 1).astype(int)], 0)
            light *= 1 - self.between(0.15, 0.6) * blurred(cast, self.side * self.between(0.004, 0.03))
        elif self.chance(0.3):
            dx, dy = (self.random.normal(0, 0.04, 2) * self.side).astype(int)
            light *= 1 - self.between(0.1, 0.5) * blurred(np.roll(alpha, (dy, dx), (0, 1)), self.side * self.between(0.01, 0.04))
        return light

    def photographed(self, out):
        """White balance, contrast, blur, noise, JPEG."""
        gain = np.exp(self.random.normal(0, 0.06, 3)).astype(np.float32)
        out = (out * gain * np.float32(self.between(0.75, 1.15))).clip(0, 1) ** np.float32(self.between(0.75, 1.3))
        if self.chance(0.5):
            out = blurred(out, self.side * self.between(0.001, 0.005))
        if self.chance(0.7):
            out = out + self.random.standard_normal(out.shape, np.float32) * np.float32(self.between(0, 0.035))
        out = np.round(out.clip(0, 1) * 255).astype(np.uint8)
        if self.chance(0.6):
            file = io.BytesIO()
            Image.fromarray(out).save(file, "JPEG", quality=int(self.between(35, 96)))
            out = np.asarray(Image.open(file))
        return out


def palette(folder, random, own):
    """Colours of a few objects: of others, sometimes of the one to be shown."""
    found = []
    for source in [folder[int(random.integers(len(folder)))] for _ in range(3)] + ([own] if random.random() < 0.4 else []):
        colors = source[source[..., 3] >= INSIDE]
        if len(colors):
            found.append(colors[random.integers(len(colors), size=4), :3])
    found = np.concatenate(found).astype(np.float32) / 255 if found else random.random((8, 3), np.float32)
    return found * np.exp(random.normal(0, 0.15, (len(found), 3))).astype(np.float32)


def over(above, below):
    return above[..., :3] + below * (1 - above[..., 3:])


def distractors(painter, folder, out):
    """Lesser things: smaller, towards the frame's edge, dimmer or out of focus."""
    for _ in range(painter.random.integers(1, 5)):
        side = painter.random.integers(4)
        near, along = painter.between(-0.02, 0.22), painter.random.random()
        center = [(near, along), (1 - near, along), (along, near), (along, 1 - near)][side]
        thing = painter.placed(folder[int(painter.random.integers(len(folder)))], painter.between(0.08, 0.4), center)
        thing[..., :3] *= np.float32(painter.between(0.5, 1.1))
        thing[..., :3] = np.minimum(thing[..., :3], thing[..., 3:])
        if painter.chance(0.4):
            thing = blurred(thing, painter.side * painter.between(0.004, 0.02))
        out = over(thing, out * painter.shadow(thing[..., 3])[..., None])
    return out


def scene(folder, random, side, kind=None):
    """Bytes `[side, side, 3]` and opacity `[side, side]`; `kind` "photo" or "flat", or a mixture of both."""
    kind = kind or ("flat" if random.random() < FLAT_SHARE else "photo")
    while True:
        source = folder[int(random.integers(len(folder)))]
        painter = Painter(side, random, palette(folder, random, source))
        size = painter.between(0.4, 0.95)
        room = 1 - size
        center = 0.5 + (random.random(2) - 0.5) * room * 0.9
        if painter.chance(0.12):  # cut off by the frame
            center = center + random.normal(0, 0.15, 2)
        main = painter.placed(source, size, center)
        # Too little of it, or no edge to find: another one.
        if main[..., 3].sum() > 0.01 * side * side:
            break
    out = painter.flat() if kind == "flat" else painter.paper() if painter.chance(0.08) else painter.busy()
    if kind == "photo" and painter.chance(0.55):
        out = distractors(painter, folder, out)
    if painter.chance(0.6):
        out = out * painter.shadow(main[..., 3])[..., None]
    picture = painter.photographed(over(main, out))
    return picture, np.round(main[..., 3] * 255).astype(np.uint8)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--into", required=True)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--side", type=int, default=320)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--kind", choices=("photo", "flat"))
    arguments = parser.parse_args()
    into = pathlib.Path(arguments.into)
    into.mkdir(parents=True, exist_ok=True)
    folder = objects.Objects(arguments.data)
    for at in range(arguments.count):
        random = np.random.default_rng([arguments.seed, at])
        picture, alpha = scene(folder, random, arguments.side, arguments.kind)
        Image.fromarray(picture).save(into / f"{at:04d}.png")
        Image.fromarray(alpha).save(into / f"{at:04d}.alpha.png")
