//! Whether a JPEG file is whole. Decoders fill what is missing with grey and call that a success.

/// Whether the file runs to its end-of-image marker (ITU-T T.81, annex B). Thumbnails inside
/// segments do not count, and whatever follows the end marker is ignored.
pub(crate) fn is_complete(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(marker) = next_marker(bytes, &mut at) {
        match marker {
            0xD9 => return true,
            0x01 | 0xD0..=0xD8 => {}
            _ => {
                let Some(length) = bytes.get(at..at + 2) else { return false };
                at += usize::from(u16::from_be_bytes([length[0], length[1]]));
            }
        }
    }
    false
}

/// Moves past the next marker and gives its code. Entropy-coded data is skipped on the way: there,
/// 0xFF is followed by a stuffed zero (or by a restart marker, which stands alone anyway).
fn next_marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    loop {
        let rest = bytes.get(*at..)?;
        *at += rest.iter().position(|&b| b == 0xFF)?;
        while *bytes.get(*at)? == 0xFF {
            *at += 1;
        }
        let code = bytes[*at];
        *at += 1;
        if code != 0 {
            return Some(code);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_complete;

    #[test]
    fn the_end_marker_is_found_only_where_it_counts() {
        let segment_with_thumbnail_end = [0xFF, 0xE1, 0, 6, 0xFF, 0xD9, 1, 2];
        let scan = [0xFF, 0xDA, 0, 3, 9, 0x12, 0xFF, 0x00, 0xFF, 0xD0, 0x34];
        let mut file = vec![0xFF, 0xD8];
        file.extend(segment_with_thumbnail_end);
        file.extend(scan);
        assert!(!is_complete(&file));
        file.extend([0xFF, 0xFF, 0xD9]);
        assert!(is_complete(&file));
        file.extend([1, 2, 3]);
        assert!(is_complete(&file));
        for short in 0..5 {
            assert!(!is_complete(&file[..short]));
        }
    }
}
