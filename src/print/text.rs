//! Lengths, areas and volumes as people read them.

/// Millimetres without their unit: `80.0`, and where a tenth says too little three digits: `0.05`.
pub fn length(mm: impl Into<f64>) -> String {
    let mm = mm.into();
    // Above this a tenth is shown, rounded.
    if mm == 0.0 || mm.abs() >= 0.995 || !mm.is_finite() {
        return format!("{mm:.1}");
    }
    let decimals = (2.0 - mm.abs().log10().floor()).clamp(1.0, 12.0) as usize;
    let text = format!("{mm:.decimals$}");
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

/// `34.0 × 21.3 × 80.0 mm`: width, depth, height.
pub fn size([x, y, z]: [f32; 3]) -> String {
    format!("{} × {} × {} mm", length(x), length(y), length(z))
}

/// An area with its unit: `123 cm²`, `4.5 cm²`, `0.16 mm²`.
pub fn area(cm2: f64) -> String {
    match cm2.abs() {
        100.0.. => format!("{cm2:.0} cm²"),
        0.995.. => format!("{cm2:.1} cm²"),
        _ => format!("{} mm²", length(cm2 * 100.0)),
    }
}

/// A volume with its unit: `21.4 cm³`, `640 mm³`, `0.0002 mm³`.
pub fn volume(cm3: f64) -> String {
    match cm3.abs() {
        0.9995.. => format!("{cm3:.1} cm³"),
        0.00995.. => format!("{:.0} mm³", cm3 * 1000.0),
        _ => format!("{} mm³", length(cm3 * 1000.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_small_is_not_nothing() {
        assert_eq!(size([0.05, 0.04, 0.1]), "0.05 × 0.04 × 0.1 mm");
        assert_eq!(length(0.000_25), "0.00025");
        assert_eq!((volume(2e-7), area(2.6e-4)), ("0.0002 mm³".to_owned(), "0.026 mm²".to_owned()));
    }

    #[test]
    fn ordinary_sizes_have_a_tenth() {
        assert_eq!(size([80.0, 21.34, 0.999]), "80.0 × 21.3 × 1.0 mm");
        assert_eq!(
            [volume(21.44), volume(0.64), volume(0.9999), volume(0.012)],
            ["21.4 cm³", "640 mm³", "1.0 cm³", "12 mm³"]
        );
        assert_eq!([area(123.4), area(45.67), area(0.5), area(0.0)], ["123 cm²", "45.7 cm²", "50.0 mm²", "0.0 mm²"]);
        assert_eq!([length(0.0), length(0.4), length(-0.25)], ["0.0", "0.4", "-0.25"]);
    }
}
