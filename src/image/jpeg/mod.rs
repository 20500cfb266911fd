//! Whether a JPEG file is whole. Decoders fill what is missing with grey and call that a success.

mod scan;

use scan::{Fault, Frame, Table, walk};

/// What has been read of a file on the way to its scans.
#[derive(Default)]
struct Read {
    /// Nothing for kinds of coding that are not followed.
    frame: Option<Frame>,
    has_frame: bool,
    /// Tables of the first coefficients and of the others.
    tables: [[Option<Table>; 4]; 2],
    /// MCUs between two restart markers; 0 for no such markers.
    restart_interval: u32,
    scans: usize,
}

/// Scans that are followed: with more, each of a few bytes, a small file takes hours. Decoders stop there as well.
const MOST_SCANS: usize = 100;
/// Bytes that may lie between a segment or scan and the next marker.
const LONGEST_GAP: usize = 128;

const GARBLED: &str = "its picture data is garbled";

/// Follows the file to its end-of-image marker (ITU-T T.81, annex B): every scan must hold as many blocks as the frame
/// has. Thumbnails inside segments do not count, and whatever follows the end marker is ignored. Kinds of coding that no
/// decoder here reads are only followed from marker to marker.
///
/// # Errors
/// What is wrong with it, as a clause.
pub(crate) fn check(bytes: &[u8]) -> Result<(), &'static str> {
    const NO_END: &str = "it has no end marker";
    let mut read = Read::default();
    let mut at = 2;
    loop {
        let from = at;
        let Some(marker) = next_marker(bytes, &mut at) else { return Err(NO_END) };
        // A scan whose header is damaged is skipped over as if it were none.
        if read.frame.is_some() && at - from > LONGEST_GAP {
            return Err(GARBLED);
        }
        match marker {
            0xD9 if read.frame.as_ref().is_some_and(|f| f.lacks_a_component()) => {
                return Err("one of its colours is missing");
            }
            0xD9 => return Ok(()),
            0x01 | 0xD0..=0xD8 => {}
            _ => {
                let length = bytes.get(at..at + 2).ok_or(NO_END)?;
                let end = at + usize::from(u16::from_be_bytes([length[0], length[1]]));
                let segment = bytes.get(at + 2..end.max(at + 2)).ok_or(NO_END)?;
                at = end.max(at + 2);
                read.take(marker, segment, bytes, &mut at)?;
            }
        }
    }
}

impl Read {
    /// Takes in a segment; after the header of a scan, `at` moves past its data.
    fn take(&mut self, marker: u8, segment: &[u8], bytes: &[u8], at: &mut usize) -> Result<(), &'static str> {
        match marker {
            0xC4 => self.take_tables(segment).ok_or("its Huffman tables are garbled")?,
            0xC8 | 0xCC => {}
            0xC0..=0xCF => {
                // Neither arithmetic or lossless coding is followed nor a picture of several frames.
                let is_followed = marker <= 0xC2 && !self.has_frame;
                self.frame = if is_followed { Frame::read(segment, marker == 0xC2) } else { None };
                self.has_frame = true;
            }
            0xDD if segment.len() >= 2 => {
                self.restart_interval = u32::from(u16::from_be_bytes([segment[0], segment[1]]));
            }
            0xDA => {
                self.scans += 1;
                if self.scans > MOST_SCANS {
                    self.frame = None;
                }
                let Self { frame: Some(frame), tables, restart_interval, .. } = self else { return Ok(()) };
                match walk(frame, tables, *restart_interval, segment, &bytes[*at..]) {
                    Ok(length) => *at += length,
                    Err(Fault::Unknown) => self.frame = None,
                    Err(Fault::BreaksOff) => return Err("its picture data breaks off"),
                    Err(Fault::Garbled) => return Err(GARBLED),
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn take_tables(&mut self, mut segment: &[u8]) -> Option<()> {
        while let [head, rest @ ..] = segment {
            let (table, length) = Table::read(rest)?;
            *self.tables.get_mut(usize::from(head >> 4))?.get_mut(usize::from(head & 15))? = Some(table);
            segment = &rest[length..];
        }
        Some(())
    }
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
    use super::check;

    #[test]
    fn the_end_marker_is_found_only_where_it_counts() {
        let segment_with_thumbnail_end = [0xFF, 0xE1, 0, 6, 0xFF, 0xD9, 1, 2];
        let scan = [0xFF, 0xDA, 0, 3, 9, 0x12, 0xFF, 0x00, 0xFF, 0xD0, 0x34];
        let mut file = vec![0xFF, 0xD8];
        file.extend(segment_with_thumbnail_end);
        file.extend(scan);
        assert!(check(&file).is_err());
        file.extend([0xFF, 0xFF, 0xD9]);
        assert!(check(&file).is_ok());
        file.extend([1, 2, 3]);
        assert!(check(&file).is_ok());
        for short in 0..5 {
            assert!(check(&file[..short]).is_err());
        }
    }
}
