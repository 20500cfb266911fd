//! Small builders of files, byte by byte.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;

/// `good` cut off at ten places, spread over its length.
pub fn truncated(ending: &str, good: &[u8]) -> Vec<(String, Vec<u8>)> {
    assert!(good.len() > 100, "{ending}: only {} bytes", good.len());
    (1..=10).map(|i| (format!("cut-{i}-of-11.{ending}"), good[..good.len() * i / 11].to_vec())).collect()
}

/// A PNG chunk with its checksum.
pub fn png_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [&kind[..], data].concat();
    let crc = !body.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 })
    });
    [&(data.len() as u32).to_be_bytes()[..], &body, &crc.to_be_bytes()].concat()
}

/// A PNG, 8-bit RGBA, whose header is right and whose pixels are `idat`.
pub fn png(width: u32, height: u32, idat: &[u8]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let chunks = [png_chunk(b"IHDR", &header), png_chunk(b"IDAT", idat), png_chunk(b"IEND", &[])].concat();
    [&b"\x89PNG\r\n\x1a\n"[..], &chunks].concat()
}

/// An uncompressed 24-bit BMP header with a few pixels behind it.
pub fn bmp(width: i32, height: i32) -> Vec<u8> {
    let mut bytes = b"BM".to_vec();
    for word in [70_u32, 0, 54, 40] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend([1, 0, 24, 0]);
    bytes.extend([0; 24]);
    bytes.extend([200; 16]);
    bytes
}

/// A GIF with one image of which only the first pixels are there.
pub fn gif(width: u16, height: u16) -> Vec<u8> {
    let size = [width.to_le_bytes(), height.to_le_bytes()].concat();
    let palette = [0, 0, 0, 255, 255, 255];
    [b"GIF89a", &size[..], &[0x80, 0, 0], &palette, &[0x2C, 0, 0, 0, 0], &size, &[0, 2, 2, 0x4C, 0x01, 0, 0x3B]]
        .concat()
}

/// A little-endian TIFF with one directory of `(tag, type, count, value)`.
pub fn tiff(entries: &[(u16, u16, u32, u32)]) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes.extend([127; 64]);
    bytes
}

/// A grey 8-bit TIFF of one strip that starts behind the directory.
pub fn grey_tiff(width: u32, height: u32, strip_bytes: u32) -> Vec<u8> {
    tiff(&[
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8 + 2 + 9 * 12 + 4),
        (277, 3, 1, 1),
        (278, 4, 1, height),
        (279, 4, 1, strip_bytes),
    ])
}

/// A RIFF container of WebP chunks.
pub fn webp(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, data) in chunks {
        body.extend(*kind);
        body.extend((data.len() as u32).to_le_bytes());
        body.extend(*data);
        body.resize(body.len().next_multiple_of(2), 0);
    }
    [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
}

/// A baseline JPEG whose frame header is right and whose scan is nearly empty.
pub fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"\xFF\xD8\xFF\xDB\x00\x43\x00".to_vec();
    bytes.extend([16; 64]);
    bytes.extend(b"\xFF\xC0\x00\x0B\x08");
    bytes.extend([height.to_be_bytes(), width.to_be_bytes()].concat());
    bytes.extend(b"\x01\x01\x11\x00");
    for class in [0x00, 0x10] {
        bytes.extend(b"\xFF\xC4\x00\x14");
        bytes.push(class);
        bytes.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
    bytes.extend(b"\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00\x00\x00\xFF\xD9");
    bytes
}

/// A binary STL that announces `count` triangles.
pub fn stl(count: u32, triangles: &[[[f32; 3]; 3]]) -> Vec<u8> {
    let mut bytes = vec![b' '; 80];
    bytes.extend(count.to_le_bytes());
    for corners in triangles {
        bytes.extend([0; 12]);
        corners.iter().flatten().for_each(|value| bytes.extend(value.to_le_bytes()));
        bytes.extend([0; 2]);
    }
    bytes
}

/// A GLB of a JSON text and a binary chunk.
pub fn glb(json: &str, binary: &[u8]) -> Vec<u8> {
    let mut json = json.as_bytes().to_vec();
    json.resize(json.len().next_multiple_of(4), b' ');
    let mut binary = binary.to_vec();
    binary.resize(binary.len().next_multiple_of(4), 0);
    let length = 12 + 8 + json.len() + 8 + binary.len();
    let mut bytes = [b"glTF", &2_u32.to_le_bytes()[..], &(length as u32).to_le_bytes()].concat();
    for (kind, chunk) in [(b"JSON", &json), (b"BIN\0", &binary)] {
        bytes.extend((chunk.len() as u32).to_le_bytes());
        bytes.extend(kind);
        bytes.extend(chunk);
    }
    bytes
}

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>"#;
const RELATIONSHIPS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Target="/3D/3dmodel.model" Id="rel0" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>"#;

/// A 3MF package around the pieces of a model.
pub fn three_mf_of(model: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for (name, text) in [("[Content_Types].xml", CONTENT_TYPES), ("_rels/.rels", RELATIONSHIPS)] {
        archive.start_file(name, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.start_file("3D/3dmodel.model", options.large_file(true)).unwrap();
    model.for_each(|piece| archive.write_all(&piece).unwrap());
    archive.finish().unwrap().into_inner()
}

/// A 3MF whose `<resources>` and `<build>` hold the given text.
pub fn three_mf(resources: &str, build: &str) -> Vec<u8> {
    let model = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<model unit=\"millimeter\" \
         xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\"><resources>{resources}</resources>\
         <build>{build}</build></model>"
    );
    three_mf_of(std::iter::once(model.into_bytes()))
}
