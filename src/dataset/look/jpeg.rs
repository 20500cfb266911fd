//! The losses of JPEG (ITU-T T.81): 8×8 cosine transform and quantisation with the tables of its
//! annex K; colour at full resolution.

use glam::Vec3;

#[rustfmt::skip]
const LUMINANCE: [u8; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/// Compresses and decompresses a picture with `quality` 1–100.
pub fn compress(side: usize, colors: &mut [Vec3], quality: f32) {
    let scale = if quality < 50.0 { 50.0 / quality } else { 2.0 - 0.02 * quality } / 255.0;
    let basis = basis();
    for (top, left) in (0..side / 8).flat_map(|j| (0..side / 8).map(move |i| (8 * j, 8 * i))) {
        let mut planes = [[0.0f32; 64]; 3];
        for k in 0..64 {
            let c = colors[(top + k / 8) * side + left + k % 8];
            let y = 0.299 * c.x + 0.587 * c.y + 0.114 * c.z;
            (planes[0][k], planes[1][k], planes[2][k]) = (y, 0.564 * (c.z - y), 0.713 * (c.x - y));
        }
        for (number, plane) in planes.iter_mut().enumerate() {
            *plane = transform(plane, &basis, true);
            for (k, value) in plane.iter_mut().enumerate() {
                let step = if number == 0 {
                    f32::from(LUMINANCE[k])
                } else {
                    // Annex K's table for colour rises to 99 from the third coefficient on.
                    [17.0, 18.0, 24.0, 47.0, 99.0][(k / 8 + k % 8).min(4)]
                } * scale;
                // Away from zero at ties, like round(), which is slow without SSE 4.1.
                let ratio = *value / step;
                *value = ((ratio + if ratio < 0.0 { -0.5 } else { 0.5 }) as i32) as f32 * step;
            }
            *plane = transform(plane, &basis, false);
        }
        for k in 0..64 {
            let [y, blue, red] = [planes[0][k], planes[1][k] * 1.773, planes[2][k] * 1.403];
            colors[(top + k / 8) * side + left + k % 8] = Vec3::new(y + red, y - 0.194 * blue - 0.509 * red, y + blue);
        }
    }
}

/// Row u: the u-th cosine, orthonormal.
fn basis() -> [[f32; 8]; 8] {
    let mut basis = [[0.0; 8]; 8];
    for (u, row) in basis.iter_mut().enumerate() {
        for (x, value) in row.iter_mut().enumerate() {
            let scale = if u == 0 { 0.353_553_4 } else { 0.5 };
            *value = scale * libm::cosf((2 * x + 1) as f32 * u as f32 * std::f32::consts::PI / 16.0);
        }
    }
    basis
}

/// Both directions of the separable transform.
fn transform(block: &[f32; 64], basis: &[[f32; 8]; 8], forward: bool) -> [f32; 64] {
    let weight = |a: usize, b: usize| if forward { basis[a][b] } else { basis[b][a] };
    let (mut half, mut whole) = ([0.0f32; 64], [0.0f32; 64]);
    for y in 0..8 {
        for b in 0..8 {
            for a in 0..8 {
                half[8 * y + a] += weight(a, b) * block[8 * y + b];
            }
        }
    }
    for a in 0..8 {
        for b in 0..8 {
            for x in 0..8 {
                whole[8 * a + x] += weight(a, b) * half[8 * b + x];
            }
        }
    }
    whole
}
