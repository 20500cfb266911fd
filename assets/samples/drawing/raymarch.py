"""A small studio: signed-distance solids, sphere tracing, soft shadows, occlusion, reflections.

Points are arrays of shape (3, n) in float32; +x right, +y up, +z towards the camera. A solid is a
function from points to signed distances, negative inside. Everything is deterministic.
"""

import numpy as np

F = np.float32


def vec(x, y, z):
    return np.array([[x], [y], [z]], F)


def dot(a, b):
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def length(p):
    return np.sqrt(dot(p, p))


def normalize(p):
    return p / np.maximum(length(p), F(1e-9))


def mix(a, b, t):
    return a * (1 - t) + b * t


def smoothstep(low, high, x):
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


# --- solids ------------------------------------------------------------------------------------


def sphere(p, center, radius):
    return length(p - vec(*center)) - F(radius)


def ellipsoid(p, center, radii):
    """Not the exact distance, but a bound that is good near the surface."""
    q = p - vec(*center)
    k0 = length(q / vec(*radii))
    k1 = length(q / (vec(*radii) ** 2))
    return k0 * (k0 - 1) / np.maximum(k1, F(1e-6))


def box(p, center, half, rounding):
    q = np.abs(p - vec(*center)) - vec(*half) + F(rounding)
    return length(np.maximum(q, 0)) + np.minimum(q.max(axis=0), 0) - F(rounding)


def capsule(p, a, b, radius_a, radius_b=None):
    """Between two points, the radius going from one to the other."""
    radius_b = radius_a if radius_b is None else radius_b
    a, b = vec(*a), vec(*b)
    pa, ba = p - a, b - a
    h = np.clip(dot(pa, ba) / dot(ba, ba), 0, 1)
    return length(pa - ba * h) - mix(F(radius_a), F(radius_b), h)


def disc(p, center, axis, radius, half_height, rounding):
    """A cylinder with rounded edges around `axis` (0, 1 or 2)."""
    q = p - vec(*center)
    others = [i for i in range(3) if i != axis]
    radial = np.sqrt(q[others[0]] ** 2 + q[others[1]] ** 2) - F(radius - rounding)
    axial = np.abs(q[axis]) - F(half_height - rounding)
    outside = np.sqrt(np.maximum(radial, 0) ** 2 + np.maximum(axial, 0) ** 2)
    return outside + np.minimum(np.maximum(radial, axial), 0) - F(rounding)


def ring(p, center, axis, radius, thickness):
    q = p - vec(*center)
    others = [i for i in range(3) if i != axis]
    radial = np.sqrt(q[others[0]] ** 2 + q[others[1]] ** 2) - F(radius)
    return np.sqrt(radial**2 + q[axis] ** 2) - F(thickness)


def curve(p, points, radii, blend=0.03, steps=5):
    """A tube along a Catmull-Rom spline, the radius interpolated."""
    knots = spline(np.array(points, float), steps)
    sizes = np.interp(np.linspace(0, 1, len(knots)), np.linspace(0, 1, len(radii)), radii)
    d = None
    for (a, ra), (b, rb) in zip(zip(knots[:-1], sizes[:-1]), zip(knots[1:], sizes[1:])):
        piece = capsule(p, a, b, ra, rb)
        d = piece if d is None else smooth_min(d, piece, blend)
    return d


def spline(points, steps, closed=False):
    """Catmull-Rom through `points` (n, k), `steps` pieces per span."""
    n = len(points)
    out = []
    spans = n if closed else n - 1
    for i in range(spans):
        if closed:
            p0, p1, p2, p3 = (points[(i + j - 1) % n] for j in range(4))
        else:
            p0, p1, p2, p3 = (points[min(max(i + j - 1, 0), n - 1)] for j in range(4))
        for t in np.arange(steps) / steps:
            out.append(
                0.5
                * (
                    2 * p1
                    + (p2 - p0) * t
                    + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                    + (3 * p1 - 3 * p2 + p3 - p0) * t**3
                )
            )
    if not closed:
        out.append(points[-1])
    return np.array(out)


def lathe(p, heights, radii, slack=0.85):
    """Turned around the y axis: the radius is a smooth function of the height."""
    table_y = np.linspace(heights[0], heights[-1], 600)
    table_r = pchip(np.array(heights, float), np.array(radii, float), table_y)
    slope = np.gradient(table_r, table_y)
    radius = np.interp(p[1], table_y, table_r).astype(F)
    steep = np.interp(p[1], table_y, slope).astype(F)
    around = (np.sqrt(p[0] ** 2 + p[2] ** 2) - radius) / np.sqrt(1 + np.minimum(steep**2, 9))
    ends = np.maximum(p[1] - F(heights[-1]), F(heights[0]) - p[1])
    return np.maximum(around * F(slack), ends)


def pchip(x, y, at):
    """Monotone cubic interpolation, so that a profile never overshoots."""
    h, delta = np.diff(x), np.diff(y) / np.diff(x)
    m = np.zeros_like(y)
    m[0], m[-1] = delta[0], delta[-1]
    for i in range(1, len(x) - 1):
        if delta[i - 1] * delta[i] > 0:
            w1, w2 = 2 * h[i] + h[i - 1], h[i] + 2 * h[i - 1]
            m[i] = (w1 + w2) / (w1 / delta[i - 1] + w2 / delta[i])
    i = np.clip(np.searchsorted(x, at) - 1, 0, len(x) - 2)
    t = (at - x[i]) / h[i]
    return (
        (2 * t**3 - 3 * t**2 + 1) * y[i]
        + (t**3 - 2 * t**2 + t) * h[i] * m[i]
        + (-2 * t**3 + 3 * t**2) * y[i + 1]
        + (t**3 - t**2) * h[i] * m[i + 1]
    )


def smooth_min(a, b, k):
    """Union with a fillet of about size `k`."""
    h = np.maximum(F(k) - np.abs(a - b), 0) / F(k)
    return np.minimum(a, b) - h * h * F(k * 0.25)


def rotate(p, axis, degrees, center=(0, 0, 0)):
    """The points turned backwards, which turns the solid forwards."""
    c, s = F(np.cos(np.radians(-degrees))), F(np.sin(np.radians(-degrees)))
    q = p - vec(*center)
    i, j = [(1, 2), (2, 0), (0, 1)][axis]
    out = q.copy()
    out[i], out[j] = c * q[i] - s * q[j], s * q[i] + c * q[j]
    return out + vec(*center)


# --- noise -------------------------------------------------------------------------------------


def _hash(ix, iy, iz):
    h = ix * np.int64(374761393) + iy * np.int64(668265263) + iz * np.int64(2147483647)
    h = (h ^ (h >> 13)) * np.int64(1274126177) & np.int64(0x7FFFFFFF)
    return ((h ^ (h >> 16)) & 0xFFFF).astype(F) / F(65535)


def noise(p):
    """Smooth value noise in 0..1."""
    i = np.floor(p).astype(np.int64)
    f = (p - i).astype(F)
    f = f * f * (3 - 2 * f)
    total = F(0)
    for corner in range(8):
        dx, dy, dz = corner & 1, corner >> 1 & 1, corner >> 2
        weight = (f[0] if dx else 1 - f[0]) * (f[1] if dy else 1 - f[1]) * (f[2] if dz else 1 - f[2])
        total = total + weight * _hash(i[0] + dx, i[1] + dy, i[2] + dz)
    return total


def fbm(p, octaves=4):
    total, weight, norm = F(0), F(0.5), F(0)
    for _ in range(octaves):
        total, norm = total + weight * noise(p), norm + weight
        p, weight = p * F(2.03) + F(17.7), weight * F(0.5)
    return total / norm


def wood(p, light, dark, along=1, scale=7.0):
    """Growth rings of a trunk whose axis is `along`, stretched fibres, fine pores."""
    order = [i for i in range(3) if i != along]
    a, b, c = p[order[0]], p[order[1]], p[along]
    warp = fbm(np.stack([a * 2.0, b * 2.0, c * 0.6])) - F(0.5)
    radius = np.sqrt((a + F(0.9)) ** 2 + (b + F(0.55)) ** 2) + warp * F(0.22)
    rings = F(0.5) + F(0.5) * np.sin(radius * F(scale * 2 * np.pi))
    rings = rings**2
    fibre = noise(np.stack([a * 90, b * 90, c * 4.0]))
    tone = np.clip(rings * F(0.62) + fibre * F(0.3) + warp * F(0.5), 0, 1)
    return mix(rgb(light), rgb(dark), tone)


def rgb(text):
    """`#rrggbb` as linear light, shape (3, 1)."""
    c = np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)], F) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4).astype(F)[:, None]


# --- rendering ---------------------------------------------------------------------------------


class Part:
    """One solid of one make: its distance, its colour (3, n) from the point, how glossy it is."""

    def __init__(self, distance, color, gloss=0.3, sharpness=40.0, glow=0.0, scatter=0.0):
        self.distance, self.color = distance, color
        self.gloss, self.sharpness, self.glow, self.scatter = gloss, sharpness, glow, scatter


class Studio:
    """Parts, a camera, one soft key light, a dome of fill light, and softboxes to mirror."""

    def __init__(self, parts, eye, target, field_of_view, key, bound, background=None, exposure=1.0, ground=None):
        self.parts, self.eye, self.bound = parts, vec(*eye), bound
        forward = normalize(vec(*target) - self.eye)
        right = normalize(np.cross(forward[:, 0], [0, 1, 0]).astype(F)[:, None])
        up = np.cross(right[:, 0], forward[:, 0]).astype(F)[:, None]
        self.frame, self.zoom = (right, up, forward), F(1 / np.tan(np.radians(field_of_view / 2)))
        self.key, self.background, self.exposure, self.ground = normalize(vec(*key)), background, F(exposure), ground

    def distance(self, p):
        d = self.parts[0].distance(p)
        for part in self.parts[1:]:
            d = np.minimum(d, part.distance(p))
        return d

    def march(self, origin, direction, start, far, steps=110):
        """Distance along each ray to the first surface, `inf` where there is none."""
        t = start.astype(F).copy()
        hit = np.full(t.shape, np.inf, F)
        active = np.flatnonzero(t < far)
        for _ in range(steps):
            if active.size == 0:
                break
            d = self.distance(origin[:, active] + direction[:, active] * t[active])
            near = d < F(0.0006)
            hit[active[near]] = t[active[near]]
            t[active] += d * F(0.92)
            active = active[~near & (t[active] < far[active])]
        return hit

    def normal(self, p, eps=0.0015):
        tetrahedron = [(1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)]
        return normalize(sum(vec(*k) * self.distance(p + vec(*k) * F(eps)) for k in tetrahedron))

    def span(self, origin, direction):
        """Where each ray enters and leaves the bounding sphere."""
        center, radius = vec(*self.bound[0]), F(self.bound[1])
        oc = origin - center
        b = dot(oc, direction)
        h = b * b - dot(oc, oc) + radius * radius
        root = np.sqrt(np.maximum(h, 0))
        return np.where(h > 0, np.maximum(-b - root, 0), np.inf), np.where(h > 0, -b + root, -np.inf)

    def shadow(self, p, light, hardness=9.0):
        """1 in the light, 0 in the shade, soft between: the narrowest miss on the way to the lamp."""
        direction = np.broadcast_to(light, p.shape)
        enter, leave = self.span(p, direction)
        t = np.maximum(np.where(np.isfinite(enter), enter, 0), F(0.012)).astype(F)
        lit = np.ones(t.shape, F)
        active = np.flatnonzero(np.isfinite(enter) & (leave > 0))
        for _ in range(46):
            if active.size == 0:
                break
            d = self.distance(p[:, active] + direction[:, active] * t[active])
            lit[active] = np.minimum(lit[active], F(0.5) + F(0.5) * F(hardness) * d / t[active])
            t[active] += np.clip(d, F(0.012), F(0.25))
            active = active[(lit[active] > 0) & (t[active] < leave[active])]
        lit = np.maximum(lit, 0)
        return lit * lit * (3 - 2 * lit)

    def occlusion(self, p, n):
        """Share of the dome that is not hidden by near surfaces, from a few fixed cones."""
        side = np.where(np.abs(n[1:2]) < 0.9, vec(0, 1, 0), vec(1, 0, 0))
        u = normalize(np.cross(side, n, axis=0))
        v = np.cross(n, u, axis=0)
        total = F(0)
        cones = [(0.0, 0.0, 1.0)] + [(0.8 * np.cos(a), 0.8 * np.sin(a), 0.6) for a in np.arange(6) * np.pi / 3]
        for a, b, c in cones:
            direction = u * F(a) + v * F(b) + n * F(c)
            open_ = np.ones(p.shape[1], F)
            for t in (0.05, 0.14, 0.32, 0.65):
                q = p + direction * F(t)
                d = self.distance(q)
                if self.ground is not None:
                    d = np.minimum(d, q[1] - F(self.ground))
                open_ = np.minimum(open_, np.clip(d / F(t * 0.75), 0, 1))
            total = total + open_ * F(c)
        return total / F(1.0 + 6 * 0.6)

    def mirror(self, direction, sharpness):
        """What the studio looks like from the object: a dome, a window on the left, a strip on the right."""
        dome = mix(F(0.18), F(0.75), smoothstep(-0.4, 1.0, direction[1]))
        edge = F(0.35 / max(sharpness / 40, 0.2))
        window = (
            smoothstep(0.32, 0.32 + edge * 0.4, direction[1])
            * smoothstep(-0.25, -0.25 - edge * 0.5, direction[0])
            * smoothstep(0.05, 0.05 + edge * 0.4, direction[2])
        )
        strip = smoothstep(0.72, 0.72 + edge * 0.3, direction[0]) * smoothstep(-0.2, 0.3, direction[1])
        return dome + window * F(3.2) + strip * F(1.0)

    def shade(self, p, n, view, albedo, part_of):
        """Light that leaves the surface towards the eye."""
        get = lambda name: np.array([getattr(part, name) for part in self.parts] + [0.0], F)[part_of]
        gloss, sharpness, glow, scatter = get("gloss"), get("sharpness"), get("glow"), get("scatter")
        shadow, open_ = self.shadow(p + n * F(0.004), self.key), self.occlusion(p, n)
        facing = dot(n, self.key)
        wrapped = np.maximum((facing + scatter) / (1 + scatter), 0)
        sky = mix(rgb("#b9a58c") * F(0.55), rgb("#cfe0ff"), F(0.5) + F(0.5) * n[1])
        fill = np.maximum(dot(n, normalize(vec(0.8, 0.2, 0.6))), 0)
        # Light that bounces between surfaces of the same colour makes corners warm, not grey.
        bounce = open_ / (1 - albedo * F(0.6) * (1 - open_))
        light = rgb("#fff1dc") * (wrapped * mix(shadow, F(1), F(0.12) * scatter) * F(2.3))
        light = light + sky * bounce * F(0.78) + rgb("#ffe3c4") * fill * open_ * F(0.28)
        reflected = normalize(view - n * (2 * dot(view, n)))
        fresnel = F(0.035) + F(0.965) * (1 - np.clip(-dot(view, n), 0, 1)) ** 5
        half = np.maximum(dot(reflected, self.key), 0) ** sharpness * shadow * F(2.4)
        mirrored = (self.mirror(reflected, float(sharpness.mean())) * open_ + half * F(2.0)) * gloss
        return albedo * light + mirrored * np.minimum(fresnel * F(2.2), 1) + albedo * glow

    def trace(self, x, y, aspect):
        """Colour (3, n) in linear light and coverage (n) of rays at `x`, `y` in -1..1."""
        right, up, forward = self.frame
        direction = normalize(right * (x * F(aspect)) + up * y + forward * self.zoom)
        origin = np.broadcast_to(self.eye, direction.shape)
        start, far = self.span(origin, direction)
        t = self.march(origin, direction, start, far)
        color = np.zeros(direction.shape, F) if self.background is None else self.background(self, x, y, direction)
        hit = np.flatnonzero(np.isfinite(t))
        if hit.size:
            p = origin[:, hit] + direction[:, hit] * t[hit]
            n = self.normal(p)
            part_of = np.argmin(np.stack([part.distance(p) for part in self.parts]), axis=0)
            albedo = np.zeros(p.shape, F)
            for index, part in enumerate(self.parts):
                mine = np.flatnonzero(part_of == index)
                if mine.size:
                    albedo[:, mine] = part.color(p[:, mine]) if callable(part.color) else part.color
            color[:, hit] = self.shade(p, n, direction[:, hit], albedo, part_of)
        return tone(color * self.exposure), np.isfinite(t).astype(F)

    def render(self, width, height, chunk=120_000, rings=3):
        """RGBA in 0..1, straight alpha, shape (height, width, 4). Edges get nine samples, the rest one."""
        ys, xs = np.mgrid[0:height, 0:width]
        aspect = width / height

        def sample(px, py):
            out = np.zeros((4, px.size), F)
            for i in range(0, px.size, chunk):
                x = (px[i : i + chunk] / width * 2 - 1).astype(F)
                y = (1 - py[i : i + chunk] / height * 2).astype(F)
                color, cover = self.trace(x, y, aspect)
                cover = np.ones_like(cover) if self.background is not None else cover
                out[:3, i : i + chunk], out[3, i : i + chunk] = color * cover, cover
            return out

        image = sample(xs.ravel() + 0.5, ys.ravel() + 0.5).reshape(4, height, width)
        contrast = np.zeros((height, width), F)
        for dy, dx in ((0, 1), (1, 0), (1, 1)):
            step = np.abs(image - np.roll(image, (dy, dx), (1, 2))).max(axis=0)
            contrast = np.maximum(contrast, np.maximum(step, np.roll(step, (-dy, -dx), (0, 1))))
        edge = np.flatnonzero(contrast.ravel() > 0.035)
        ey, ex = np.divmod(edge, width)
        total = np.zeros((4, edge.size), F)
        for sy in range(rings):
            for sx in range(rings):
                total += sample(ex + (sx + 0.5) / rings, ey + (sy + 0.5) / rings)
        image.reshape(4, -1)[:, edge] = total / rings**2
        alpha = np.maximum(image[3:], 1e-6)
        return np.concatenate([np.clip(image[:3] / alpha, 0, 1), image[3:]]).transpose(1, 2, 0)


def tone(color):
    """Filmic curve (Hable's, constants of the 2010 talk), then sRGB."""
    hable = lambda x: (x * (0.15 * x + 0.05) + 0.004) / (x * (0.15 * x + 0.5) + 0.06) - 0.02 / 0.3
    c = np.clip(hable(color * F(1.9)) / hable(F(7.0)), 0, 1)
    return np.where(c <= 0.0031308, c * 12.92, 1.055 * c ** (1 / 2.4) - 0.055).astype(F)
