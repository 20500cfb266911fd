"""The sample pictures that are drawings: a lyre, an owl in ink, a fox, a mountain lake at dusk."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .raymarch import spline

SUPERSAMPLES = 4


class Sheet:
    """A canvas in units of the finished picture's pixels, drawn four times as large."""

    def __init__(self, width, height, background=(0, 0, 0, 0)):
        self.size = (width, height)
        self.image = Image.new("RGBA", (width * SUPERSAMPLES, height * SUPERSAMPLES), background)
        self.draw = ImageDraw.Draw(self.image)

    def polygon(self, points, fill):
        self.draw.polygon([tuple(p) for p in np.asarray(points) * SUPERSAMPLES], fill=fill)

    def blob(self, points, fill, steps=16):
        """A smooth closed shape through the points."""
        self.polygon(spline(np.array(points, float), steps, closed=True), fill)

    def circle(self, x, y, radius, fill):
        s = SUPERSAMPLES
        self.draw.ellipse([(x - radius) * s, (y - radius) * s, (x + radius) * s, (y + radius) * s], fill=fill)

    def stroke(self, points, widths, fill, steps=24, wobble=None):
        """A line through the points whose width follows `widths`, with round ends."""
        path = spline(np.array(points, float), steps)
        width = np.interp(np.linspace(0, 1, len(path)), np.linspace(0, 1, len(widths)), widths)
        if wobble is not None:
            path = path + wobble(len(path))
        for (x0, y0), (x1, y1), w0, w1 in zip(path[:-1], path[1:], width[:-1], width[1:]):
            n = max(int(np.hypot(x1 - x0, y1 - y0) * SUPERSAMPLES / max(w0 * 0.2, 1)), 1)
            for t in np.arange(n + 1) / n:
                self.circle(x0 + (x1 - x0) * t, y0 + (y1 - y0) * t, (w0 + (w1 - w0) * t) / 2, fill)

    def finish(self):
        return self.image.resize(self.size, Image.Resampling.LANCZOS)


def mirrored(points, width):
    return [(width - x, y) for x, y in points]


def gradient(width, height, stops):
    """Rows of colour between `(position, (r, g, b))` stops, as floats in 0..255."""
    at = np.linspace(0, 1, height)
    rows = np.stack([np.interp(at, [s[0] for s in stops], [s[1][c] for s in stops]) for c in range(3)], axis=1)
    return np.repeat(rows[:, None, :], width, axis=1)


def lyre():
    """A lyre as an emblem: one colour that runs from indigo to rose, holes between the strings."""
    side = 1024
    sheet = Sheet(side, side)
    ink = (255, 255, 255, 255)
    arm = [(470, 838), (330, 800), (236, 690), (232, 560), (296, 450), (330, 350), (300, 262), (222, 222), (168, 262)]
    widths = [70, 78, 84, 82, 74, 62, 54, 46, 22]
    for points in (arm, mirrored(arm, side)):
        sheet.stroke(points, widths, ink)
    for x in (176, side - 176):
        sheet.circle(x, 268, 36, ink)
    sheet.stroke([(286, 366), (512, 346), (738, 366)], [44, 44, 44], ink)
    for x in (286, 738):
        sheet.circle(x, 366, 34, ink)
    for x in (392, 452, 512, 572, 632):
        sheet.stroke([(x, 352), (512 + (x - 512) * 0.62, 760)], [17, 17], ink)
        sheet.circle(x, 352, 21, ink)
    sheet.blob([(512, 716), (620, 740), (676, 800), (600, 850), (512, 862), (424, 850), (348, 800), (404, 740)], ink)
    sheet.blob([(512, 842), (588, 866), (668, 912), (680, 946), (512, 952), (344, 946), (356, 912), (436, 866)], ink)
    # A laurel star above the bar.
    star = []
    for k in range(16):
        radius, angle = (104, 34)[k % 2] if k % 4 != 2 else 62, k * np.pi / 8
        star.append((512 + radius * np.sin(angle), 196 - radius * np.cos(angle)))
    sheet.polygon(star, ink)
    sheet.stroke([(512, 250), (512, 346)], [22, 22], ink)
    mask = np.array(sheet.finish())[..., 3]
    colors = gradient(side, side, [(0.08, (250, 176, 92)), (0.4, (226, 84, 106)), (0.7, (128, 58, 150)), (0.95, (52, 46, 128))])
    return np.dstack([colors, mask]).astype(np.uint8)


def owl():
    """An owl on a branch: black ink on white paper, lines that swell and taper."""
    width, height = 880, 1024
    sheet = Sheet(width, height, (255, 255, 255, 255))
    random = np.random.default_rng(7)
    ink, paper = (22, 20, 24, 255), (255, 255, 255, 255)

    def wobble(n):
        knots = random.normal(0, 0.9, (max(n // 14, 2), 2))
        at = np.linspace(0, len(knots) - 1, n)
        return np.stack([np.interp(at, np.arange(len(knots)), knots[:, c]) for c in range(2)], axis=1)

    def line(points, widths=(2, 6, 5, 2), both=True):
        sheet.stroke(points, widths, ink, wobble=wobble)
        if both:
            sheet.stroke(mirrored(points, width), widths, ink, wobble=wobble)

    # The branch, with bark and leaves, goes behind the owl.
    top, bottom = [(40, 826), (240, 806), (440, 812), (660, 798), (850, 766)], [(852, 800), (660, 842), (440, 862), (240, 858), (36, 858)]
    sheet.polygon(np.concatenate([spline(np.array(p, float), 12) for p in (top, bottom)]), paper)
    line(top, (5, 7, 6, 7, 4), both=False)
    line(bottom, (4, 8, 9, 8, 5), both=False)
    line([(852, 766), (862, 784), (850, 802)], (4, 5, 4), both=False)
    for y, x0, x1 in ((828, 70, 210), (842, 120, 330), (824, 610, 700), (836, 560, 740), (818, 690, 820), (850, 380, 520)):
        line([(x0, y + 4), ((x0 + x1) / 2, y - 3), (x1, y - 4)], (1, 3.5, 1), both=False)

    def leaf(x, y, angle, size):
        c, s = np.cos(angle), np.sin(angle)
        place = lambda pts: [(x + size * (c * u - s * v), y + size * (s * u + c * v)) for u, v in pts]
        half = [(0, 0), (0.3, -0.24), (0.68, -0.2), (1, 0)]
        other = [(0, 0), (0.3, 0.24), (0.68, 0.2), (1, 0)]
        sheet.polygon(np.concatenate([spline(np.array(place(p), float), 12) for p in (half, other[::-1])]), paper)
        line(place(half), (3, 6, 5, 3), both=False)
        line(place(other), (3, 5, 4, 3), both=False)
        line(place([(-0.12, 0), (0.5, 0.02), (0.92, 0)]), (4, 3, 2), both=False)
        for u in (0.25, 0.42, 0.58, 0.73):
            for sign in (-1, 1):
                line(place([(u, 0), (u + 0.07, sign * 0.08), (u + 0.15, sign * (0.155 - 0.11 * abs(u - 0.4)))]), (2, 2, 1), both=False)

    leaf(106, 818, -2.0, 118)
    leaf(136, 812, -0.95, 124)
    leaf(764, 786, -1.15, 128)
    leaf(778, 812, 1.0, 104)
    leaf(90, 850, 1.9, 104)

    # Tail, below the branch.
    for x in (404, 440, 476):
        shape = [(x - 22, 846), (x - 24, 920), (x, 972), (x + 24, 920), (x + 22, 846)]
        sheet.polygon(spline(np.array(shape, float), 12), paper)
        line(shape, (4, 6, 6, 6, 4), both=False)
        line([(x, 862), (x, 944)], (2, 4, 1), both=False)

    # Body: paper first, so that the branch is hidden, then the outline.
    outline = [(440, 196), (350, 190), (262, 132), (238, 250), (214, 360), (196, 520), (214, 680), (292, 800), (440, 838)]
    whole = np.concatenate([spline(np.array(p, float), 16) for p in (outline, mirrored(outline, width)[::-1])])
    sheet.polygon(whole, paper)

    # Breast: rows of scallops.
    for row in range(9):
        y = 486 + row * 34
        reach = 118 * np.sin(np.pi * (0.30 + 0.62 * row / 8)) ** 0.7
        count = int(reach * 2 / 46)
        for k in range(count):
            x = 440 + (k - (count - 1) / 2) * 46 + (row % 2) * 0
            x += 23 if (row % 2) != (count % 2) else 0
            if abs(x - 440) > reach:
                continue
            line([(x - 21, y - 4), (x - 13, y + 15), (x, y + 22), (x + 13, y + 15), (x + 21, y - 4)], (2, 5, 6, 5, 2), both=False)
            line([(x, y - 2), (x, y + 10)], (1, 3.5, 1), both=False)

    # Wings: three rows of feathers that grow longer.
    wing = [(232, 420), (206, 540), (226, 690), (300, 792), (340, 700), (322, 560), (272, 452)]
    for flip in (False, True):
        points = mirrored(wing, width) if flip else wing
        sheet.blob(points, paper)
    line([(272, 446), (322, 556), (342, 680), (280, 786)], (3, 7, 7, 3))
    for row, (y, n, long_) in enumerate(((484, 3, 46), (536, 4, 58), (596, 4, 74), (668, 4, 92))):
        for k in range(n):
            left = 214 + row * 5 + (0 if row else 18)
            x = left + (k + 0.5) * (322 + row * 6 - left) / n
            w = (322 + row * 6 - left) / n / 2
            line([(x - w, y), (x - w * 0.7, y + long_ * 0.75), (x, y + long_), (x + w * 0.7, y + long_ * 0.75), (x + w, y)], (2, 5, 6, 5, 2))
            line([(x, y + 6), (x, y + long_ * 0.72)], (1, 3, 1))
    line(outline, (6, 7, 7, 10, 10, 11, 10, 9, 6))
    for shift in (14, 28):
        line([(268 + shift, 158 + shift * 0.9), (262 + shift * 0.8, 206 + shift), (258 + shift, 250 + shift * 0.4)], (1, 4, 1))

    # Face: a disc of fine rays, rings around the eyes, a beak.
    for flip in (1, -1):
        cx, cy = 440 - flip * 92, 318
        sheet.circle(cx, cy, 104, ink)
        sheet.circle(cx, cy, 97, paper)
        for k in range(44):
            a = 2 * np.pi * k / 44
            r0, r1 = 68 + 3 * (k % 2), 90 - 7 * (k % 3)
            sheet.stroke([(cx + r0 * np.cos(a), cy + r0 * np.sin(a)), (cx + r1 * np.cos(a), cy + r1 * np.sin(a))], (3.6, 1.2), ink)
        sheet.circle(cx, cy, 62, ink)
        sheet.circle(cx, cy, 55, paper)
        sheet.circle(cx, cy, 42, ink)
        sheet.circle(cx - 13, cy - 15, 14, paper)
        sheet.circle(cx + 15, cy + 16, 6, paper)
    beak = [(440, 330), (470, 362), (440, 432), (410, 362)]
    sheet.blob([(440, 338), (464, 366), (440, 428), (416, 366)], paper)
    line([(440, 336), (414, 360), (420, 396), (440, 430)], (4, 7, 6, 4))
    line([(440, 352), (440, 404)], (1, 3, 1), both=False)
    brow = [(430, 316), (404, 236), (300, 168), (268, 140), (350, 172), (440, 236)]
    for points in (brow, mirrored(brow, width)):
        sheet.polygon(spline(np.array(points, float), 12), paper)
    line([(428, 318), (400, 238), (300, 176), (262, 134)], (3, 9, 8, 4))
    line([(440, 244), (362, 184), (272, 138)], (4, 6, 3))
    for y in (226, 248, 270):
        line([(440, y + 16), (430, y), (418 - (270 - y) * 0.3, y - 16)], (3, 3.5, 1))

    # Toes over the branch.
    for x in (332, 368, 404):
        toe = [(x - 17, 812), (x - 19, 848), (x, 872), (x + 19, 848), (x + 17, 812)]
        for points in (toe, mirrored(toe, width)):
            sheet.polygon(spline(np.array(points, float), 12), paper)
        line(toe, (4, 7, 7, 7, 4))
        line([(x, 864), (x, 878), (x + 2, 892)], (10, 8, 2))
    return np.array(sheet.finish().convert("L"))


def fox():
    """A sitting fox in flat colours on a plain background."""
    width, height = 900, 900
    sheet = Sheet(width, height, (168, 206, 202, 255))
    orange, dark, cream, deep, black = (228, 112, 44, 255), (196, 84, 30, 255), (253, 243, 224, 255), (92, 46, 32, 255), (46, 28, 26, 255)
    # Tail around the feet.
    sheet.blob([(560, 770), (660, 800), (770, 770), (826, 680), (812, 566), (744, 476), (734, 560), (722, 640), (668, 680), (590, 690)], dark)
    sheet.blob([(744, 476), (812, 560), (824, 640), (800, 622), (778, 652), (752, 616), (728, 634), (728, 560)], cream)
    # Haunch, body, chest.
    sheet.blob([(410, 420), (330, 560), (312, 700), (330, 800), (480, 812), (620, 808), (668, 740), (650, 640), (580, 540), (520, 430)], orange)
    sheet.blob([(560, 600), (650, 650), (676, 740), (634, 806), (540, 810), (496, 740), (510, 650)], dark)
    sheet.blob([(360, 470), (340, 560), (362, 640), (400, 690), (440, 630), (466, 550), (452, 470)], cream)
    # Forelegs.
    for x in (352, 432):
        sheet.blob([(x - 36, 600), (x - 34, 720), (x - 38, 800), (x - 2, 812), (x + 38, 802), (x + 34, 720), (x + 36, 620)], orange)
        sheet.blob([(x - 35, 730), (x - 40, 800), (x - 2, 814), (x + 40, 803), (x + 35, 730), (x, 742)], deep)
    sheet.blob([(500, 776), (560, 764), (616, 782), (618, 808), (560, 816), (498, 810)], deep)
    sheet.blob([(364, 500), (346, 570), (372, 646), (400, 684), (432, 640), (452, 560), (446, 490)], cream)
    # Head: ears first.
    for flip in (False, True):
        f = (lambda pts: mirrored(pts, 804)) if flip else (lambda pts: pts)
        sheet.polygon(spline(np.array(f([(226, 330), (214, 220), (232, 108), (300, 168), (368, 232)]), float), 12), orange)
        sheet.polygon(spline(np.array(f([(222, 200), (221, 150), (232, 108), (262, 134), (286, 156)]), float), 12), deep)
        sheet.polygon(spline(np.array(f([(250, 290), (242, 230), (250, 180), (292, 216), (322, 250)]), float), 12), cream)
    head = [(402, 204), (300, 232), (222, 320), (170, 404), (262, 456), (340, 500), (402, 528)]
    sheet.polygon(np.concatenate([spline(np.array(p, float), 16) for p in (head, mirrored(head, 804)[::-1])]), orange)
    for flip in (False, True):
        f = (lambda pts: mirrored(pts, 804)) if flip else (lambda pts: pts)
        sheet.polygon(spline(np.array(f([(170, 404), (262, 456), (340, 500), (402, 528), (402, 480), (384, 420), (330, 392), (250, 398), (170, 404)]), float), 12), cream)
        sheet.blob(f([(286, 352), (306, 330), (330, 340), (338, 364), (318, 384), (294, 378)]), black)
        sheet.circle(*f([(308, 348)])[0], 8, (255, 255, 255, 255))
    sheet.blob([(402, 548), (372, 528), (362, 500), (402, 488), (442, 500), (432, 528)], black)
    sheet.blob([(390, 500), (402, 495), (416, 500), (402, 507)], (120, 96, 92, 255))
    return np.array(sheet.finish().convert("RGB"))


def ridge(random, width, base, height, detail, smooth):
    """A mountain skyline: the height of each column, from noise of falling wavelengths."""
    x = np.arange(width)
    line = np.zeros(width)
    for octave in range(detail):
        count = int(3 * 2**octave) + 2
        knots = random.uniform(-1, 1, count)
        at = np.linspace(0, count - 1.001, width)
        i, f = at.astype(int), at % 1
        f = f * f * (3 - 2 * f) if octave < smooth else f
        line += (knots[i] * (1 - f) + knots[i + 1] * f) * 0.55**octave
    return base - height * line + 0 * x


def firs(random, line, count, tall, lower=0, upper=None):
    """Polygons of fir trees that stand on a skyline."""
    trees = []
    for _ in range(count):
        x = random.uniform(lower, (upper or len(line)) - 1)
        h = tall * random.uniform(0.45, 1.0)
        y = line[int(x)] + h * 0.08
        tiers, half = 7, h * random.uniform(0.17, 0.22)
        left, right = [], []
        for t in range(tiers):
            top, out = y - h + h * 0.92 * t / tiers, half * (0.16 + 0.84 * (t + 1) / tiers)
            low = y - h + h * 0.92 * (t + 1.15) / tiers
            lean = random.uniform(-0.12, 0.12) * out
            left += [(x - out * 0.3, top + (low - top) * 0.2), (x - out + lean, low)]
            right += [(x + out * 0.3, top + (low - top) * 0.2), (x + out + lean, low)]
        trees.append([(x, y - h)] + right + [(x + half * 0.15, y), (x - half * 0.15, y)] + left[::-1])
    return trees


def lake():
    """A mountain lake at dusk: six ranges in the haze, the low sun, a cabin with a lit window."""
    width, height, shore = 1024, 768, 560
    random = np.random.default_rng(20)
    yy, xx = np.mgrid[0:height, 0:width].astype(float)
    sky = gradient(width, height, [(0, (38, 52, 98)), (0.22, (92, 92, 146)), (0.42, (216, 138, 128)), (0.58, (252, 196, 128)), (0.75, (255, 224, 164)), (1, (255, 224, 164))])
    sun_x, sun_y = 392, 322
    distance = np.hypot(xx - sun_x, (yy - sun_y))
    sky += (np.exp(-distance / 150)[..., None] * np.array([104, 58, 14])) + (np.exp(-((distance / 330) ** 2))[..., None] * np.array([34, 20, 4]))
    # Long thin clouds, lit from below.
    cloud = np.zeros((height, width))
    for _ in range(46):
        cx, cy, w, h = random.uniform(-60, width), random.uniform(60, 300), random.uniform(60, 220), random.uniform(2.5, 8)
        cloud += np.exp(-(((xx - cx) / w) ** 2) - ((yy - cy - 4 * np.sin(xx / 60 + cx)) / h) ** 2) * random.uniform(0.2, 0.6)
    cloud = np.clip(cloud, 0, 1)[..., None] * 0.62
    sky = sky * (1 - cloud) + np.array([255, 178, 142]) * cloud
    for _ in range(150):
        x, y, b = random.integers(0, width), int(random.triangular(0, 0, 190)), random.uniform(40, 190)
        sky[y, x] += b * (1 - y / 260)
    sky[distance < 46] = (255, 246, 214)
    soft = np.clip(47.5 - distance, 0, 1)[..., None]
    sky = sky * (1 - soft) + np.array([255, 246, 214]) * soft

    sheet = Sheet(width, height)
    sheet.image = Image.fromarray(np.clip(sky, 0, 255).astype(np.uint8)).resize((width * SUPERSAMPLES, height * SUPERSAMPLES), Image.Resampling.BICUBIC).convert("RGBA")
    sheet.draw = ImageDraw.Draw(sheet.image)
    ranges = [
        (372, 118, (196, 140, 148), 6), (420, 92, (160, 112, 138), 6), (462, 74, (116, 86, 122), 6), (500, 52, (78, 64, 102), 5), (528, 34, (50, 46, 80), 5),
    ]
    for index, (base, tall, color, detail) in enumerate(ranges):
        line = ridge(random, width, base, tall, detail, 2 if index < 3 else 4)
        shape = [(0, shore + 4)] + list(zip(np.arange(width), line)) + [(width, shore + 4)]
        sheet.polygon(shape, (*color, 255))
        if index >= 3:
            for tree in firs(random, line, 240 if index == 3 else 190, 30 if index == 3 else 52):
                sheet.polygon(tree, (*color, 255))
        # Mist in the valleys.
        if index < 4:
            veil = Image.new("RGBA", sheet.image.size, (255, 214, 178, 0))
            fade = np.clip((np.linspace(0, height, sheet.image.size[1]) - base + 10) / (shore - base), 0, 1) ** 1.4 * (100 - 16 * index)
            fade[int(shore * SUPERSAMPLES) :] = 0
            veil.putalpha(Image.fromarray(np.repeat(fade.astype(np.uint8)[:, None], sheet.image.size[0], axis=1)))
            sheet.image = Image.alpha_composite(sheet.image, veil)
            sheet.draw = ImageDraw.Draw(sheet.image)
    # The cabin on a point of land.
    land = [(660, shore + 6), (700, 548), (780, 540), (880, 532), (960, 528), (1024, 524), (1024, shore + 10)]
    sheet.polygon(spline(np.array(land, float), 12), (30, 30, 52, 255))
    sheet.polygon([(770, 542), (770, 506), (800, 480), (832, 506), (832, 540)], (30, 26, 44, 255))
    sheet.polygon([(758, 512), (801, 470), (846, 512), (838, 516), (801, 482), (766, 516)], (22, 20, 36, 255))
    sheet.polygon([(818, 492), (818, 468), (829, 468), (829, 502)], (22, 20, 36, 255))
    sheet.polygon([(783, 512), (799, 512), (799, 530), (783, 530)], (255, 208, 112, 255))
    sheet.polygon([(807, 512), (821, 512), (821, 530), (807, 530)], (255, 196, 98, 255))
    floor_line = np.full(width, 545.0)
    for tree in firs(random, floor_line, 14, 108, 858, 1020) + firs(random, floor_line, 5, 84, 690, 760):
        sheet.polygon(tree, (26, 27, 46, 255))
    upper = np.array(sheet.finish().convert("RGB")).astype(float)
    for t in np.arange(0, 7, 0.25):
        x, y, size = 823 + 4 * t + 4 * np.sin(t * 1.1), 462 - 14 * t, 4 + 2.6 * t
        puff = np.exp(-(((xx - x) ** 2 + (yy - y) ** 2) / size**2))[..., None] * (0.34 - 0.04 * t)
        upper = upper * (1 - puff) + np.array([240, 200, 186]) * puff

    # Water mirrors what is above it, with ripples that widen towards the viewer.
    picture = upper.copy()
    depth = np.arange(height - shore)
    for row in depth:
        near = row / depth[-1]
        wave = 2.2 * near * np.sin(row * 1.1 / (0.35 + near)) + 1.5 * near * np.sin(row * 0.37 + 1.3)
        source = np.clip(shore - 1 - row * 1.12 - wave * 3, 0, shore - 1)
        shift = (3.0 * near * np.sin(np.arange(width) / (22 + 60 * near) + row * 0.9)).astype(int)
        columns = np.clip(np.arange(width) + shift, 0, width - 1)
        low = int(source)
        mixed = upper[low, columns] * (1 - source % 1) + upper[min(low + 1, shore - 1), columns] * (source % 1)
        picture[shore + row] = mixed * (0.86 - 0.30 * near) + np.array([20, 26, 60]) * (0.14 + 0.16 * near)
    # The sun's path on the water.
    path = np.exp(-(((xx - sun_x) / (16 + (yy - shore) * 0.42)) ** 2)) * (yy > shore + 3)
    glitter = np.clip(np.sin(yy * 1.9 + 3 * np.sin(xx / 17.0 + yy * 0.31)) * np.sin(yy * 0.53 + xx / 41.0), 0, 1)
    picture += (path * glitter * (1 - 0.45 * (yy - shore) / (height - shore)))[..., None] * np.array([205, 150, 84])
    # Reeds in the near corner, birds far off.
    sheet = Sheet(width, height)
    sheet.image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).resize((width * SUPERSAMPLES, height * SUPERSAMPLES), Image.Resampling.BICUBIC).convert("RGBA")
    sheet.draw = ImageDraw.Draw(sheet.image)
    for _ in range(95):
        x, tall, lean = random.triangular(-10, 0, 250), random.uniform(60, 190), random.uniform(-18, 40)
        tall *= 1 - 0.55 * max(x, 0) / 250
        sheet.stroke([(x, 772), (x + lean * 0.3, 768 - tall * 0.6), (x + lean, 768 - tall)], [4.5, 3.2, 0.8], (18, 19, 36, 255), steps=8)
        if random.random() < 0.22:
            sheet.stroke([(x + lean * 0.86, 768 - tall * 0.86), (x + lean, 768 - tall)], [7, 8, 5], (30, 22, 34, 255), steps=8)
    for x, y, s in ((628, 196, 13), (664, 178, 11), (692, 202, 10), (602, 222, 9), (720, 226, 8)):
        sheet.stroke([(x - s, y - s * 0.35), (x - s * 0.4, y - s * 0.5), (x, y)], [1, 2.4, 2.6], (44, 40, 70, 255), steps=8)
        sheet.stroke([(x + s, y - s * 0.45), (x + s * 0.4, y - s * 0.55), (x, y)], [1, 2.4, 2.6], (44, 40, 70, 255), steps=8)
    result = np.array(sheet.finish().convert("RGB")).astype(float)
    corner = 1 - 0.16 * np.clip(np.hypot((xx - 512) / 640, (yy - 384) / 480) - 0.55, 0, 1)
    grain = np.array(Image.fromarray((random.uniform(0, 255, (height, width))).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.8))).astype(float)
    return np.clip(result * corner[..., None] + (grain - 127.5)[..., None] * 0.03, 0, 255).astype(np.uint8)
