"""The sample pictures that are renders: an elephant, a rocket, an amphora and a wooden robot."""

import numpy as np

from .raymarch import (
    F, Part, Studio, box, capsule, curve, disc, dot, ellipsoid, fbm, lathe, mix, noise, normalize, rgb, ring, rotate,
    smooth_min, smoothstep, sphere, vec, wood,
)


def both(p):
    """The points with their right half folded onto the left: what is drawn once stands twice."""
    return np.stack([p[0], p[1], np.abs(p[2])])


def spots(p, color, spot, scale, amount, soft=0.04):
    """Small speckles of another colour."""
    n = noise(p * F(scale))
    return mix(rgb(color), rgb(spot), smoothstep(1 - amount, 1 - amount + soft, n))


def elephant():
    """A clay elephant, seen from the side, trunk up, with an embroidered saddle cloth."""
    turn = lambda p: rotate(p, 1, 15)

    def skin(p):
        q = turn(p)
        body = ellipsoid(q, (0.17, 0.0, 0), (0.63, 0.50, 0.47))
        head = smooth_min(sphere(q, (-0.56, 0.29, 0), 0.395), ellipsoid(q, (-0.74, 0.11, 0), (0.25, 0.26, 0.26)), 0.12)
        trunk = curve(
            q, [(-0.78, 0.10, 0), (-1.0, -0.13, 0), (-1.24, -0.09, 0), (-1.36, 0.16, 0), (-1.31, 0.44, 0), (-1.2, 0.6, 0)],
            [0.2, 0.155, 0.125, 0.105, 0.09, 0.098],
        )
        d = smooth_min(smooth_min(body, head, 0.16), trunk, 0.12)
        m = both(q)
        for x, foot in ((-0.24, -0.26), (0.56, 0.58)):
            leg = capsule(m, (x, -0.2, 0.22), (foot, -0.68, 0.23), 0.19, 0.165)
            d = smooth_min(d, np.maximum(leg, -F(0.80) - q[1]), 0.16)
        tail = curve(q, [(0.74, 0.16, 0), (0.88, 0.1, 0), (0.96, -0.08, 0), (1.04, -0.2, 0)], [0.06, 0.04, 0.032, 0.03])
        return smooth_min(d, tail, 0.06)

    def ears(p):
        m = both(turn(p))
        m = rotate(m, 1, 30, (-0.42, 0.3, 0.3))
        ear = ellipsoid(m, (-0.32, 0.29, 0.36), (0.28, 0.34, 0.07))
        lobe = ellipsoid(m, (-0.30, 0.1, 0.36), (0.2, 0.24, 0.06))
        return smooth_min(ear, lobe, 0.1)

    def skin_color(p):
        q = turn(p)
        base = mix(rgb("#7f93b0"), rgb("#93a7c2"), fbm(q * F(5)))
        blush = np.exp(-((q[0] + 0.70) ** 2 + (q[1] - 0.13) ** 2) / F(0.008)) * (np.abs(q[2]) > 0.1)
        toes = smoothstep(-0.69, -0.72, q[1])
        return mix(mix(base, rgb("#e58f8f"), blush * F(0.55)), rgb("#76889f"), toes * F(0.35))

    def ear_color(p):
        m = rotate(both(turn(p)), 1, 30, (-0.42, 0.3, 0.3))
        inner = smoothstep(1.0, 0.8, np.sqrt(((m[0] + 0.31) / 0.23) ** 2 + ((m[1] - 0.25) / 0.33) ** 2))
        return mix(rgb("#8699b5"), rgb("#e8a6a4"), inner * (m[2] > 0.36))

    def cloth(p):
        q = turn(p)
        shell = ellipsoid(q, (0.17, 0.0, 0), (0.655, 0.53, 0.50))
        side = np.abs(q[0] - F(0.2)) - F(0.30)
        return np.maximum(np.maximum(shell, side), F(-0.09) - q[1]) - F(0.012)

    def cloth_color(p):
        q = turn(p)
        across, down = np.abs(q[0] - F(0.2)), q[1]
        trim = np.maximum(smoothstep(0.245, 0.252, across), smoothstep(-0.025, -0.033, down))
        # Little diamonds in rows.
        u, v = (q[0] - 0.2) / 0.125, (q[1] - 0.09) / 0.125
        diamond = np.abs(u - np.round(u)) + np.abs(v - np.round(v))
        pattern = smoothstep(0.30, 0.26, diamond) - smoothstep(0.17, 0.13, diamond)
        red = mix(rgb("#b3283a"), rgb("#f2c14e"), pattern)
        return mix(red, rgb("#f0b93a"), trim)

    def eyes(p):
        return sphere(both(turn(p)), (-0.79, 0.36, 0.29), 0.058)

    def glints(p):
        return sphere(both(turn(p)), (-0.815, 0.39, 0.335), 0.018)

    def tusks(p):
        m = both(turn(p))
        return curve(m, [(-0.80, 0.0, 0.16), (-0.92, -0.12, 0.21), (-1.02, -0.12, 0.23)], [0.055, 0.042, 0.018])

    def nails(p):
        m = both(turn(p))
        d = None
        for x in (-0.26, 0.58):
            for dx, dz in ((-0.155, 0.0), (-0.11, 0.105), (-0.11, -0.105), (-0.02, 0.152)):
                nail = ellipsoid(m, (x + dx, -0.765, 0.23 + dz), (0.05, 0.058, 0.05))
                d = nail if d is None else np.minimum(d, nail)
        return np.maximum(d, F(-0.80) - p[1])

    def tuft(p):
        return curve(turn(p), [(1.03, -0.19, 0), (1.07, -0.27, 0), (1.10, -0.38, 0)], [0.035, 0.062, 0.012])

    def tassels(p):
        q = turn(p)
        m = both(q)
        d = None
        for x in (-0.04, 0.08, 0.2, 0.32, 0.44):
            ball = sphere(m, (x, -0.115, np.sqrt(max(1 - ((x - 0.17) / 0.655) ** 2 - (0.115 / 0.53) ** 2, 0)) * 0.5 + 0.012), 0.03)
            d = ball if d is None else np.minimum(d, ball)
        return d

    parts = [
        Part(skin, skin_color, gloss=0.28, sharpness=22, scatter=0.25),
        Part(ears, ear_color, gloss=0.25, sharpness=22, scatter=0.3),
        Part(cloth, cloth_color, gloss=0.12, sharpness=12),
        Part(eyes, rgb("#140f12"), gloss=1.0, sharpness=180),
        Part(glints, rgb("#ffffff"), gloss=0.2, glow=0.9),
        Part(tusks, rgb("#f6ead2"), gloss=0.6, sharpness=60, scatter=0.3),
        Part(nails, rgb("#f1dcc6"), gloss=0.6, sharpness=60, scatter=0.3),
        Part(tuft, rgb("#4a5872"), gloss=0.1),
        Part(tassels, rgb("#f0b93a"), gloss=0.4),
    ]
    studio = Studio(parts, (-0.2, 0.42, 6.6), (-0.2, -0.09, 0), 18.0, (-0.5, 0.95, 0.75), ((-0.1, 0, 0), 1.6), exposure=0.95)
    return studio.render(1024, 768)


def rocket():
    """A turned wooden toy rocket: painted nose and fins, a brass porthole, the bare beech below."""
    body_y = [-0.86, -0.80, -0.55, -0.1, 0.35, 0.75, 1.02, 1.20, 1.28]
    body_r = [0.24, 0.27, 0.36, 0.435, 0.43, 0.335, 0.205, 0.075, 0.02]

    def hull(p):
        grooves = F(0)
        for y in (0.52, -0.52):
            grooves = grooves + F(0.012) * np.exp(-(((p[1] - y) / 0.012) ** 2))
        return lathe(p, body_y, body_r) + grooves

    def hull_color(p):
        beech = wood(p + vec(0.3, 0, 0.2), "#e9c391", "#b97f48", along=1, scale=6)
        cream = mix(rgb("#f5ead6"), rgb("#efe0c6"), fbm(p * F(4)))
        red = mix(rgb("#cf3327"), rgb("#b9281f"), fbm(p * F(4)))
        teal = rgb("#1f7a85")
        c = mix(beech, cream, smoothstep(-0.524, -0.516, p[1]))
        band = smoothstep(-0.30, -0.294, p[1]) * smoothstep(-0.16, -0.166, p[1])
        c = mix(c, teal, band)
        return mix(c, red, smoothstep(0.516, 0.524, p[1]))

    def porthole(p):
        frame = ring(p, (0, 0.2, 0.415), 2, 0.165, 0.042)
        for k in range(8):
            a = k * np.pi / 4 + np.pi / 8
            frame = np.minimum(frame, sphere(p, (0.165 * np.cos(a), 0.2 + 0.165 * np.sin(a), 0.452), 0.016))
        return frame

    def glass(p):
        return ellipsoid(p, (0, 0.2, 0.40), (0.155, 0.155, 0.06))

    def glass_color(p):
        t = smoothstep(0.08, 0.33, p[1] + p[0] * F(0.4))
        return mix(rgb("#16324f"), rgb("#5fb2d6"), t)

    def fins(p):
        d = None
        for k in range(3):
            q = rotate(p, 1, 90 + 120 * k)
            # A swept fin in the plane through the axis: a thick slab cut by two curves.
            x, y = q[0], q[1]
            outer = np.sqrt((x - 0.30) ** 2 + ((y + 0.76) * 0.8) ** 2) - F(0.44)
            inner = F(0.20) - np.sqrt((x - 0.36) ** 2 + ((y + 1.16) * 0.9) ** 2)
            flat = np.maximum(np.maximum(outer, inner), np.maximum(F(-1.10) - y, F(0.1) - x))
            slab = np.abs(q[2]) - F(0.07)
            both_ = np.maximum(flat + F(0.035), 0) ** 2 + np.maximum(slab + F(0.035), 0) ** 2
            fin = np.sqrt(both_) + np.minimum(np.maximum(flat, slab) + F(0.035), 0) - F(0.035)
            d = fin if d is None else np.minimum(d, fin)
        return d * F(0.8)

    def nozzle(p):
        return lathe(p, [-1.02, -0.98, -0.9, -0.84], [0.235, 0.225, 0.165, 0.15])

    def tip(p):
        return sphere(p, (0, 1.32, 0), 0.075)

    def badge(p):
        """A raised star below the porthole."""
        r, a = np.sqrt(p[0] ** 2 + (p[1] + 0.23) ** 2), np.arctan2(p[0], p[1] + F(0.23))
        a = np.abs(np.mod(a + np.pi / 5, 2 * np.pi / 5) - np.pi / 5)
        # One edge of a five-pointed star, from the tip (radius .095) to the dent (radius .042).
        tip, dent = np.array([0.0, 0.095]), 0.042 * np.array([np.sin(np.pi / 5), np.cos(np.pi / 5)])
        across = np.array([tip[1] - dent[1], dent[0] - tip[0]]) / np.linalg.norm(dent - tip)
        star = r * np.sin(a) * F(across[0]) + (r * np.cos(a) - F(tip[1])) * F(across[1])
        shell = np.abs(np.sqrt(p[0] ** 2 + p[2] ** 2) - F(0.43)) - F(0.02)
        return np.maximum(np.maximum(star, shell), -p[2]) * F(0.9)

    parts = [
        Part(hull, hull_color, gloss=0.45, sharpness=70, scatter=0.1),
        Part(porthole, rgb("#c8963e"), gloss=1.7, sharpness=90),
        Part(glass, glass_color, gloss=1.6, sharpness=200),
        Part(fins, lambda p: mix(rgb("#cf3327"), rgb("#b9281f"), fbm(p * F(4))), gloss=0.45, sharpness=70),
        Part(nozzle, lambda p: wood(p, "#7a5233", "#4b2f1c", along=1, scale=9), gloss=0.3),
        Part(tip, rgb("#e9b949"), gloss=0.9, sharpness=90),
        Part(badge, rgb("#f7d774"), gloss=0.5),
    ]
    studio = Studio(parts, (0, 0.55, 7.6), (0, 0.125, 0), 20.0, (-0.65, 0.8, 0.8), ((0, 0.1, 0), 1.5), exposure=0.95)
    return studio.render(768, 1024)


def backdrop(top, bottom, light=(-0.35, 0.25), reach=1.5):
    """A paper sweep behind the object: a soft pool of light that falls off to the corners."""

    def color(studio, x, y, direction):
        pool = np.exp(-((x - F(light[0])) ** 2 + (y - F(light[1])) ** 2) / F(reach))
        return mix(rgb(bottom), rgb(top), pool)

    return color


def greek_key(u, v):
    """A meander: one cell is 0..1 in both directions; 1 where the line is. Drawn on a grid of 9 × 7 squares."""
    art = ["111111111", "000000001", "011111101", "010000101", "010110101", "010010001", "110011111"]
    grid = np.array([[int(c) for c in row] for row in art], F)
    i = np.clip(((1 - v) * len(art)).astype(int), 0, len(art) - 1)
    j = (np.mod(u, 1) * len(art[0])).astype(int) % len(art[0])
    return grid[i, j] * (v > 0) * (v < 1)


def amphora():
    """A terracotta amphora with black bands; its handles enclose two openings."""
    body_y = [-1.2, -1.17, -1.10, -1.0, -0.8, -0.4, 0.0, 0.3, 0.52, 0.66, 0.76, 0.95, 1.06, 1.13, 1.17]
    body_r = [0.29, 0.30, 0.28, 0.19, 0.30, 0.56, 0.68, 0.665, 0.52, 0.33, 0.235, 0.205, 0.24, 0.335, 0.345]

    def jar(p):
        outer = lathe(p, body_y, body_r)
        hole = capsule(p, (0, 0.9, 0), (0, 1.4, 0), 0.17, 0.3)
        return np.maximum(outer, -hole)

    def handles(p):
        m = np.stack([np.abs(p[0]), p[1], p[2]])
        return curve(m, [(0.2, 0.93, 0), (0.42, 1.02, 0), (0.62, 0.86, 0), (0.64, 0.62, 0), (0.5, 0.42, 0)], [0.05, 0.055, 0.058, 0.058, 0.075], steps=6)

    def color(p):
        angle = np.arctan2(p[0], p[2]) / F(2 * np.pi)
        y = p[1]
        clay = mix(rgb("#c9703c"), rgb("#b65d2e"), fbm(p * F(3)) * F(0.9))
        clay = mix(clay, rgb("#8f4522"), smoothstep(0.62, 0.8, noise(p * F(38))) * F(0.35))
        ink = mix(rgb("#1d1512"), rgb("#2a1d17"), fbm(p * F(6)))
        black = smoothstep(0.775, 0.781, y) + (1 - smoothstep(-0.885, -0.879, y))
        line = lambda at, half: (np.abs(y - at) < half).astype(F)
        for at, half in ((0.335, 0.012), (0.075, 0.012), (-0.30, 0.012), (-0.56, 0.010), (-0.60, 0.022)):
            black = np.maximum(black, line(at, half))
        black = np.maximum(black, greek_key(angle * 18, (y - 0.11) / 0.19))
        # Waves that run below the meander.
        u = np.mod(angle * 20, 1) * 2 - 1
        v = (y + 0.115) / 0.16
        spiral_r = np.sqrt(u**2 + v**2)
        spiral = np.mod(np.arctan2(v, u) / (2 * np.pi) + spiral_r * F(1.15), 1)
        wave = ((spiral < 0.5) & (spiral_r < 0.95)).astype(F) * (np.abs(v) < 1)
        black = np.maximum(black, wave * (y < 0.05) * (y > -0.275))
        # Leaves on the shoulder, rays at the foot.
        leaf = np.abs(np.mod(angle * 28, 1) - 0.5) * 2
        s = (y - 0.365) / 0.25
        black = np.maximum(black, (leaf < 0.72 * np.sqrt(np.clip(s * (1 - s) * 3.2, 0, 1)) * (1 - 0.45 * s)) * (s > 0) * (s < 1))
        ray = np.abs(np.mod(angle * 22, 1) - 0.5) * 2
        t = (y + 0.875) / 0.25
        black = np.maximum(black, ((ray < 0.9 * (1 - t)) & (t > 0) & (t < 1)).astype(F))
        return mix(clay, ink, np.clip(black, 0, 1))

    parts = [
        Part(jar, color, gloss=0.55, sharpness=60, scatter=0.05),
        Part(handles, lambda p: mix(rgb("#1d1512"), rgb("#2a1d17"), fbm(p * F(6))), gloss=0.6, sharpness=60),
    ]
    studio = Studio(
        parts, (0, 0.75, 8.2), (0, -0.02, 0), 21.5, (-0.75, 0.75, 0.7), ((0, 0, 0), 1.45),
        background=backdrop("#8fb3b5", "#3d6770", (-0.2, 0.2), 1.6), exposure=0.98,
    )
    return studio.render(832, 1024)[..., :3]


def robot():
    """A wooden robot on a table before a wall, like a photograph with a window on the left."""
    floor = -1.0

    def at(degrees, axis, center, solid):
        return lambda p: solid(rotate(p, axis, degrees, center))

    def torso(p):
        return box(p, (0, -0.12, 0), (0.40, 0.36, 0.27), 0.06)

    def head(p):
        q = rotate(p, 1, -9, (0, 0.6, 0))
        return np.minimum(box(q, (0, 0.6, 0), (0.33, 0.25, 0.26), 0.07), 9)

    def joints(p):
        m = np.stack([np.abs(p[0]), p[1], p[2]])
        d = disc(p, (0, 0.295, 0), 1, 0.13, 0.07, 0.02)
        d = np.minimum(d, sphere(m, (0.47, 0.10, 0), 0.105))
        d = np.minimum(d, disc(m, (0.19, -0.53, 0), 1, 0.09, 0.08, 0.02))
        q = rotate(p, 1, -9, (0, 0.6, 0))
        n = np.stack([np.abs(q[0]), q[1], q[2]])
        d = np.minimum(d, disc(n, (0.35, 0.6, 0), 0, 0.1, 0.045, 0.02))
        return np.minimum(d, capsule(q, (0, 0.84, 0), (0, 1.0, 0), 0.026))

    def arm(p, side, raised):
        q = rotate(p, 2, raised, (side * 0.5, 0.1, 0))
        upper = capsule(q, (side * 0.56, 0.06, 0), (side * 0.58, -0.26, 0), 0.085)
        return upper, q

    def arms(p):
        left, _ = arm(p, -1, -146)
        right, _ = arm(p, 1, 7)
        return np.minimum(left, right)

    def hands(p):
        d = None
        for side, raised in ((-1, -146), (1, 7)):
            _, q = arm(p, side, raised)
            cup = disc(q, (side * 0.585, -0.36, 0), 1, 0.105, 0.05, 0.025)
            grip = np.maximum(ring(q, (side * 0.585, -0.475, 0), 2, 0.085, 0.036), (q[1] + F(0.50)) * F(-1) - F(0.01))
            one = np.minimum(cup, grip)
            d = one if d is None else np.minimum(d, one)
        return d

    def legs(p):
        m = np.stack([np.abs(p[0]), p[1], p[2]])
        return np.minimum(
            box(m, (0.19, -0.72, 0), (0.12, 0.15, 0.13), 0.035), box(m, (0.20, -0.925, 0.05), (0.16, 0.075, 0.22), 0.045)
        )

    def eyes_white(p):
        q = rotate(p, 1, -9, (0, 0.6, 0))
        m = np.stack([np.abs(q[0]), q[1], q[2]])
        return disc(m, (0.135, 0.645, 0.265), 2, 0.088, 0.022, 0.012)

    def eyes_black(p):
        q = rotate(p, 1, -9, (0, 0.6, 0))
        m = np.stack([np.abs(q[0]), q[1], q[2]])
        return ellipsoid(m, (0.128, 0.645, 0.285), (0.048, 0.048, 0.022))

    def mouth(p):
        q = rotate(p, 1, -9, (0, 0.6, 0))
        smile = curve(q, [(-0.12, 0.49, 0.262), (-0.05, 0.455, 0.264), (0.05, 0.455, 0.264), (0.12, 0.49, 0.262)], [0.014, 0.014], steps=3)
        return smile

    def bulb(p):
        q = rotate(p, 1, -9, (0, 0.6, 0))
        return sphere(q, (0, 1.04, 0), 0.075)

    def panel(p):
        return box(p, (0, -0.09, 0.265), (0.265, 0.225, 0.02), 0.015)

    def panel_color(p):
        cream = rgb("#f3e6c8")
        r = np.sqrt((p[0] + 0.0) ** 2 + (p[1] + 0.045) ** 2)
        angle = np.arctan2(p[1] + 0.045, p[0])
        scale = smoothstep(0.135, 0.13, r) * smoothstep(0.105, 0.11, r) * (p[1] > -0.045)
        hue = mix(mix(rgb("#3f9d5a"), rgb("#efc03d"), smoothstep(2.6, 1.8, angle)), rgb("#d2452f"), smoothstep(1.3, 0.6, angle))
        c = mix(cream, hue, scale)
        needle_d = np.abs(p[0] * np.sin(1.05) - (p[1] + 0.045) * np.cos(1.05))
        along = p[0] * np.cos(1.05) + (p[1] + 0.045) * np.sin(1.05)
        c = mix(c, rgb("#33241c"), smoothstep(0.009, 0.006, needle_d) * (along > 0) * (along < 0.115))
        return mix(c, rgb("#33241c"), smoothstep(0.02, 0.016, r))

    def knobs(p):
        d = None
        for x in (-0.14, 0, 0.14):
            k = ellipsoid(p, (x, -0.235, 0.287), (0.042, 0.042, 0.025))
            d = k if d is None else np.minimum(d, k)
        return d

    def knob_color(p):
        return np.where(p[0] < -0.07, rgb("#d2452f"), np.where(p[0] > 0.07, rgb("#2f7f93"), rgb("#efb73a")))

    def table(p):
        return p[1] - F(floor)

    turned = lambda solid: (lambda p: solid(rotate(p, 1, 16)))
    beech = lambda p: wood(rotate(p, 1, 16) + vec(0.25, 0.2, 0.4), "#eac592", "#bd8650", along=1, scale=6)
    walnut = lambda p: wood(rotate(p, 1, 16) + vec(0.1, 0.5, 0.3), "#94643d", "#5b3820", along=1, scale=8)
    maple = lambda p: wood(rotate(p, 1, 16) + vec(0.6, 0.1, 0.8), "#e6b77c", "#bb7f45", along=0, scale=5)

    def teal_color(p):
        q = rotate(p, 1, 16)
        # Paint that is worn off at the edges, so that the wood shows.
        m = np.abs(q - vec(0, -0.12, 0)) / vec(0.40, 0.36, 0.27)
        edges = np.sort(m, axis=0)
        wear = smoothstep(0.955, 0.985, edges[1] + (fbm(q * F(9)) - F(0.5)) * F(0.07))
        return mix(mix(rgb("#2a8a93"), rgb("#237680"), fbm(q * F(5))), rgb("#d3a56c"), wear)

    def boards(p):
        width = F(0.62)
        k = np.floor(p[2] / width)
        tone = (np.mod(k * F(0.618), 1) - F(0.5)) * F(0.5)
        c = wood(np.stack([p[0], p[1] + k * F(0.37), p[2] + k * F(1.7)]) * F(0.75), "#c08a57", "#8f5e35", along=0, scale=4)
        gap = np.abs(p[2] / width - np.round(p[2] / width)) * width
        return c * (1 + tone) * (F(0.35) + F(0.65) * smoothstep(0.004, 0.014, gap))

    parts = [
        Part(turned(torso), teal_color, gloss=0.4, sharpness=50),
        Part(turned(head), beech, gloss=0.35, sharpness=50, scatter=0.1),
        Part(turned(joints), walnut, gloss=0.3),
        Part(turned(arms), beech, gloss=0.35, sharpness=50),
        Part(turned(hands), walnut, gloss=0.35),
        Part(turned(legs), maple, gloss=0.35, sharpness=50),
        Part(turned(eyes_white), rgb("#f7f0e0"), gloss=0.5, sharpness=80),
        Part(turned(eyes_black), rgb("#17110f"), gloss=1.2, sharpness=200),
        Part(turned(mouth), rgb("#3a2418"), gloss=0.2),
        Part(turned(bulb), rgb("#d8392b"), gloss=0.9, sharpness=120, glow=0.15),
        Part(turned(panel), lambda p: panel_color(rotate(p, 1, 16)), gloss=0.3),
        Part(turned(knobs), lambda p: knob_color(rotate(p, 1, 16)), gloss=0.7, sharpness=90),
    ]

    def room(studio, x, y, direction):
        """The wall, and the table with the robot's shadow and a faint reflection."""
        wall_z = F(-2.6)
        p = studio.eye + direction * ((wall_z - studio.eye[2]) / np.minimum(direction[2], F(-1e-3)))
        glow = np.exp(-((p[0] + 1.1) ** 2 * F(0.30) + (p[1] - 0.9) ** 2 * F(0.42)))
        color = mix(rgb("#6f6a72") * F(0.55), rgb("#f2dcc0") * F(1.25), glow)
        # Light of a window with two bars, thrown aslant and out of focus.
        s = p[0] * F(0.9) + p[1] * F(0.42)
        bars = smoothstep(-2.3, -1.9, s) * smoothstep(0.9, 0.5, s) * (1 - np.exp(-((s + 0.7) / 0.16) ** 2) * F(0.7))
        color = color + rgb("#ffe2b0") * (bars * smoothstep(-0.9, 0.2, p[1]) * F(0.22))
        down = np.flatnonzero(direction[1] < -1e-3)
        t = (F(floor) - studio.eye[1]) / direction[1, down]
        q = studio.eye + direction[:, down] * t
        near = q[2] > wall_z
        down, q = down[near], q[:, near]
        n = np.broadcast_to(vec(0, 1, 0), q.shape)
        albedo = boards(q)
        shadow = studio.shadow(q + n * F(0.003), studio.key, 6.0)
        open_ = studio.occlusion(q + n * F(0.002), n)
        fall = np.exp(-((q[0] + 0.7) ** 2 + (q[2] - 0.2) ** 2) * F(0.10))
        light = rgb("#fff1dc") * (studio.key[1] * shadow * F(2.3) * (F(0.35) + F(0.65) * fall)) + rgb("#cfd8ea") * open_ * F(0.55)
        gloss = studio.mirror(direction[:, down] * vec(1, -1, 1), 40) * F(0.05)
        haze = smoothstep(-1.2, -2.5, q[2])
        color[:, down] = mix(albedo * light + gloss * open_, color[:, down] * F(0.8), haze * F(0.75))
        vignette = 1 - F(0.28) * smoothstep(0.7, 1.6, np.sqrt(x**2 + y**2))
        return color * vignette

    studio = Studio(
        parts, (0.15, 0.55, 6.0), (0, -0.02, 0), 27, (-0.72, 0.85, 0.62), ((0, -0.0, 0), 1.35), background=room,
        exposure=0.92, ground=floor,
    )
    return studio.render(896, 1024)[..., :3]
