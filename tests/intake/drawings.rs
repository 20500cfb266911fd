//! SVG drawings come in crisp; what would be missing from one, and what asks for too much, is an error.

use std::fmt::Write as _;

use image::ImageFormat;
use orfeas::image::Picture;
use orfeas::image::intake::{IntakeError, Limits, decode};
use orfeas::progress::Monitor;
use orfeas::request::IntakeParams;

use super::{drawing, encoded, palette_png};

const DISC: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 20'>\
    <circle cx='10' cy='10' r='8' fill='#c02040'/></svg>";

fn take_in(bytes: &[u8]) -> Result<Picture, IntakeError> {
    let params = IntakeParams { working_size_px: 200, sharpness: 1.0 };
    decode(bytes, &params, &Limits::default(), &Monitor::silent())
}

fn error(bytes: &[u8]) -> IntakeError {
    match take_in(bytes) {
        Ok(picture) => panic!("it came in with {:?} pixels", picture.pixels.dimensions()),
        Err(error) => error,
    }
}

fn svg(content: &str) -> Vec<u8> {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' \
         width='20' height='20'>{content}</svg>"
    )
    .into_bytes()
}

/// The bytes as a data URL in an image element.
fn embedded(bytes: &[u8]) -> String {
    let data = bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "%{byte:02x}").unwrap();
        text
    });
    format!("<image width='20' height='20' xlink:href='data:image/png,{data}'/>")
}

#[test]
fn a_drawing_fills_the_working_size_and_needs_no_cutting_out() {
    let picture = take_in(DISC.as_bytes()).unwrap();
    assert_eq!(picture.pixels.dimensions(), (200, 100));
    assert!(picture.has_alpha);
    assert_eq!(picture.pixels.get_pixel(50, 50).0, [0xc0, 0x20, 0x40, 255]);
    assert_eq!(picture.pixels.get_pixel(150, 50)[3], 0);
    let area: f64 = picture.pixels.pixels().map(|p| f64::from(p[3]) / 255.0).sum();
    let wanted = std::f64::consts::PI * 40.0 * 40.0;
    assert!((area / wanted - 1.0).abs() < 2e-3, "{area} for {wanted}");

    let thin = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9000 1'><rect width='9000' height='1'/></svg>";
    assert_eq!(take_in(thin.as_bytes()).unwrap().pixels.dimensions(), (200, 1));
}

#[test]
fn a_drawing_is_told_by_its_first_element() {
    let wanted = take_in(DISC.as_bytes()).unwrap();
    let with = |start: &str| format!("{start}{DISC}").into_bytes();
    for start in [
        "\u{feff}<?xml version='1.0' encoding='UTF-8'?>\r\n",
        "<?xml version='1.0'?><!-- made by <hand>, not a <html> page -->\n",
        "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>",
        "<!DOCTYPE svg [ <!ENTITY ns 'http://www.w3.org/2000/svg'> <!ENTITY more 'x'> ]>",
        &format!("<!--{}-->", "a long licence ".repeat(2000)),
    ] {
        assert!(take_in(&with(start)).unwrap() == wanted, "{}", &start[..start.len().min(90)]);
    }
    let prefixed = DISC.replace("<svg xmlns", "<s:svg xmlns:s").replace("<c", "<s:c").replace("</svg", "</s:svg");
    assert!(take_in(prefixed.as_bytes()).unwrap() == wanted);
    let page = format!("<!DOCTYPE html><html><body>{DISC}</body></html>");
    assert!(error(page.as_bytes()).to_string().contains("a web page"));
    let elsewhere = error(b"<?xml version='1.0'?><note><svg/></note>").to_string();
    assert!(elsewhere.contains("text"), "{elsewhere}");
}

#[test]
fn what_would_be_missing_is_an_error() {
    let text = error(&svg("<rect width='9' height='9'/><text><tspan>Anna</tspan></text>"));
    assert!(matches!(text, IntakeError::Text), "{text}");
    take_in(&svg("<title>Anna</title><rect width='9' height='9'/><text> </text>")).unwrap();
    // Programs for diagrams write their text as a part of a web page.
    let page = |content: &str| {
        format!(
            "<foreignObject width='9' height='9'><p xmlns='http://www.w3.org/1999/xhtml'>{content}</p></foreignObject>"
        )
    };
    let rect = "<rect width='9' height='9'/>";
    for content in [page("Anna"), page("<b>Anna</b>"), format!("<switch>{}</switch>", page("Anna"))] {
        let text = error(&svg(&format!("{rect}{content}")));
        assert!(matches!(text, IntakeError::Text), "{content}: {text}");
    }
    take_in(&svg(&format!("{rect}{}", page(" <!-- Anna --> ")))).unwrap();
    // What stands beside it in a switch is drawn in its place.
    let picture = take_in(&svg(&format!("<switch>{}{rect}</switch>", page("Anna")))).unwrap();
    assert_eq!(picture.pixels.get_pixel(20, 20)[3], 255);
    for link in ["photo.png", "/etc/passwd", "file:///etc/passwd", "https://example.org/a.png", "../a.svg#b"] {
        for element in ["image width='9' height='9'", "use"] {
            let error = error(&svg(&format!("<{element} xlink:href='{link}'/>")));
            assert!(matches!(&error, IntakeError::Linked(found) if found == link), "{error}");
        }
    }
}

#[test]
fn nothing_that_shows_is_left_out_in_silence() {
    let rect = "<rect width='9' height='9'/>";
    let page = |content: &str| format!("{rect}<foreignObject width='9' height='9'>{content}</foreignObject>");
    let flow = "<flowRoot><flowRegion><rect width='9' height='9'/></flowRegion><flowPara>Anna</flowPara></flowRoot>";
    let text = error(&svg(flow));
    assert!(matches!(text, IntakeError::Text), "{text}");
    for (content, word) in [
        (page("<div style='background:red'/>"), "web page"),
        (page("<img src='data:image/png,'/>"), "web page"),
        ("<circle r='9' fill='var(--c, red)'/>".to_owned(), "variables"),
        ("<circle r='9' style='fill:var(--c, red)'/>".to_owned(), "variables"),
        ("<style>:root{--c:red} circle{fill:var(--c)}</style><circle r='9'/>".to_owned(), "variables"),
        (format!("{rect}<image width='9' height='9' href='data:image/png;base64,!!!!'/>"), "broken"),
        (format!("{rect}<image width='9' height='9' href='data:image/png'/>"), "broken"),
    ] {
        let error = error(&svg(&content)).to_string();
        assert!(error.contains(word), "{content}: {error}");
    }
    let photo = encoded(&drawing(20, 20), ImageFormat::Png);
    let halved = error(&svg(&embedded(&photo[..photo.len() / 2])));
    assert!(matches!(halved, IntakeError::Damaged { format: "PNG", .. }), "{halved}");
}

#[test]
fn files_that_a_style_names_are_missed() {
    let disc = "<circle r='9' class='a'/>";
    for content in [
        "<circle r='9' fill='url(a.svg#b)'/>".to_owned(),
        "<circle r='9' mask=\"url('a.svg#b')\"/>".to_owned(),
        "<circle r='9' style='stroke:red; fill:url( a.svg#b )'/>".to_owned(),
        format!("<style>.a {{ fill: url(a.svg#b) }}</style>{disc}"),
        format!("<style>@import url('a.svg#b'); .a {{ fill: red }}</style>{disc}"),
        format!("<defs><style>@import \"a.svg#b\";</style></defs>{disc}"),
    ] {
        let error = error(&svg(&content));
        assert!(matches!(&error, IntakeError::Linked(link) if link == "a.svg#b"), "{content}: {error}");
    }
    let instructed = format!("<?xml-stylesheet type='text/css' href='a.css'?>{DISC}");
    let linked = error(instructed.as_bytes());
    assert!(matches!(&linked, IntakeError::Linked(link) if link == "a.css"), "{linked}");

    for harmless in [
        "<style>/* var( @import 'a.css'; url(a.svg) */ .a { fill: red }</style>",
        "<style>@font-face { font-family: A; src: url(a.woff) } @import url(https://fonts.example.org/css?a);</style>",
        "<linearGradient id='g'><stop/></linearGradient><style>.a { fill: url(#g) }</style>",
    ] {
        take_in(&svg(&format!("{harmless}{disc}"))).unwrap_or_else(|e| panic!("{harmless}: {e}"));
    }
}

#[test]
fn what_is_not_drawn_may_be_anything() {
    let rect = "<rect width='9' height='9'/>";
    let text = "<text id='t'>Anna</text>";
    for hidden in [
        format!("<g display='none'>{text}</g>"),
        format!("<g style='fill:red; display: none'><g>{text}</g></g>"),
        format!("<defs>{text}</defs>"),
        format!("<symbol>{text}</symbol>"),
        "<style>@namespace url(http://www.w3.org/2000/svg);</style>".to_owned(),
        "<defs><image width='9' height='9' href='a.png'/></defs>".to_owned(),
    ] {
        let picture = take_in(&svg(&format!("{rect}{hidden}"))).unwrap_or_else(|e| panic!("{hidden}: {e}"));
        assert_eq!(picture.pixels.get_pixel(20, 20)[3], 255);
    }
    for shown in [
        format!("<defs>{text}</defs><use href='#t'/>"),
        format!("<defs>{text}</defs><use href=' #t'/>"),
        format!("<g display='none'>{text}</g><use xlink:href='#t'/>"),
        format!("<mask id='m'>{text}</mask><rect width='5' height='5' mask='url(#m)'/>"),
        format!("<pattern id='p'>{text}</pattern><style>rect {{ fill: url(#p) }}</style>"),
        format!("<g display='inline' style='display:block'>{text}</g>"),
    ] {
        let error = error(&svg(&format!("{rect}{shown}")));
        assert!(matches!(error, IntakeError::Text), "{shown}: {error}");
    }
}

#[test]
fn a_drawing_is_read_in_the_encodings_that_drawings_have() {
    let with = |encoding: &str, title: &str| {
        let svg = DISC.replace("<circle", &format!("<title>{title}</title><circle"));
        format!("<?xml version='1.0' encoding='{encoding}'?>{svg}")
    };
    let wanted = take_in(DISC.as_bytes()).unwrap();
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let text = format!("\u{feff}{}", with("UTF-16", "Zoë 猫"));
        let bytes: Vec<u8> = text.encode_utf16().flat_map(order).collect();
        assert!(take_in(&bytes).unwrap() == wanted);
        assert!(take_in(&bytes[..bytes.len() / 2]).is_err());
    }
    let bytes = |text: String| text.chars().map(|c| c as u8).collect::<Vec<u8>>();
    assert!(take_in(&bytes(with("ISO-8859-1", "Zoë"))).unwrap() == wanted);
    let cyrillic = error(&bytes(with("KOI8-R", "Zoë"))).to_string();
    assert!(cyrillic.contains("another encoding than UTF-8"), "{cyrillic}");
    let undeclared = error(&bytes(DISC.replace("<circle", "<title>Zoë</title><circle"))).to_string();
    assert!(undeclared.contains("not text in UTF-8"), "{undeclared}");
}

#[test]
fn thickening_by_a_little_is_drawn() {
    let filter = "<filter id='f'><feMorphology operator='dilate' radius='1'/></filter>";
    let picture = take_in(&svg(&format!("{filter}<circle cx='10' cy='10' r='5' filter='url(#f)'/>"))).unwrap();
    // A unit is 10 pixels: thickened, the circle ends 60 pixels from the middle.
    let alpha = |x| picture.pixels.get_pixel(x, 100)[3];
    assert_eq!((alpha(100), alpha(155), alpha(165)), (255, 255, 0));
}

#[test]
fn pictures_within_a_drawing_are_drawn_and_checked() {
    let photo = encoded(&drawing(20, 20), ImageFormat::Png);
    let picture = take_in(&svg(&embedded(&photo))).unwrap();
    let middle = picture.pixels.get_pixel(100, 100);
    assert!(middle[3] == 255 && middle[0].abs_diff(127) < 12 && middle[1].abs_diff(127) < 12, "{middle:?}");

    let huge = error(&svg(&embedded(&palette_png(65535, 65535))));
    assert!(matches!(huge, IntakeError::Size { width: 65535, .. }), "{huge}");
    for (content, word) in [
        (DISC.as_bytes(), "SVG within SVG"),
        (b"nothing".as_slice(), "not a picture"),
        (&encoded(&drawing(4, 4), ImageFormat::Bmp), "BMP"),
    ] {
        let error = error(&svg(&embedded(content))).to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn a_drawing_that_asks_for_too_much_is_refused() {
    let mut uses = "<g id='g0'><path d='M0 0h1v1z'/></g>".to_owned();
    for level in 1..40 {
        let refer = format!("<use xlink:href='#g{}'/>", level - 1).repeat(4);
        write!(uses, "<g id='g{level}'>{refer}</g>").unwrap();
    }
    let mut masks = "<mask id='m0'><path d='M0 0h1v1z'/></mask>".to_owned();
    for level in 1..40 {
        let inner = format!("<rect width='9' height='9' style='mask:url(#m{})'/>", level - 1).repeat(4);
        write!(masks, "<mask id='m{level}'>{inner}</mask>").unwrap();
    }
    masks += "<rect width='9' height='9' mask='url(#m39)'/>";
    let deep = "<g>".repeat(100_000) + &"</g>".repeat(100_000);
    let mut chain = "<g id='c0'/>".to_owned();
    for level in 1..2000 {
        write!(chain, "<g id='c{level}'><use href='#c{}'/></g>", level - 1).unwrap();
    }
    let filter =
        |content: &str| format!("<filter id='f'>{content}</filter><rect width='9' height='9' filter='url(#f)'/>");
    for (name, content) in [
        ("uses", uses),
        ("masks", masks),
        ("deep", deep),
        ("chain", chain),
        ("thickening", filter("<feMorphology radius='1e9'/>")),
        ("noise", filter("<feTurbulence baseFrequency='1' numOctaves='1000000000'/>")),
        ("kernel", filter("<feConvolveMatrix order='3 900' kernelMatrix='1'/>")),
    ] {
        let error = error(&svg(&content));
        assert!(matches!(error, IntakeError::Unsupported { .. }), "{name}: {error}");
    }
    let laughs = "<!DOCTYPE svg [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>\
         <!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>]>\
         <svg xmlns='http://www.w3.org/2000/svg'><title>&d;&d;&d;&d;</title></svg>";
    assert!(matches!(error(laughs.as_bytes()), IntakeError::Damaged { .. }));
}

#[test]
fn a_drawing_of_strange_sizes_does_no_harm() {
    let filled = |pattern: &str| {
        let size = format!("patternUnits='userSpaceOnUse' width='{pattern}' height='{pattern}'");
        format!("<pattern id='p' {size}><path d='M0 0h1v1z'/></pattern><rect width='20' height='20' fill='url(#p)'/>")
    };
    let filtered = |area: &str, filter: &str| {
        format!("<filter id='f' {area}>{filter}</filter><rect width='20' height='20' filter='url(#f)'/>")
    };
    assert!(matches!(error(&svg(&filled("2e4"))), IntakeError::Unsupported { .. }));
    for content in [
        "<g id='a'><use xlink:href='#a'/></g>",
        &filled("1e-7"),
        &filled("30"),
        &filtered("x='-1e6' y='-1e6' width='1e7' height='1e7'", "<feGaussianBlur stdDeviation='1e6'/>"),
        &filtered("", "<feDropShadow stdDeviation='1e9' dx='1e9'/>"),
        "<path d='M0 0L1e30 1e30L-1e30 5z' stroke='red' stroke-width='1e20' stroke-dasharray='1e-9'/>",
        "<path d='M0 0L20 20' stroke-linejoin='round' stroke-linecap='round' stroke='red' stroke-width='1e9'/>",
        "<circle r='1e30' stroke='red' stroke-width='1e-30'/>",
    ] {
        match take_in(&svg(content)) {
            Ok(picture) => assert_eq!(picture.pixels.dimensions(), (200, 200), "{content}"),
            Err(error) => assert!(matches!(error, IntakeError::Damaged { .. }), "{content}: {error}"),
        }
    }
}

#[test]
fn a_cut_off_drawing_is_an_error_and_a_damaged_one_never_a_panic() {
    for length in 0..DISC.len() {
        let error = error(&DISC.as_bytes()[..length]).to_string();
        assert!(!error.contains('\n'), "{error}");
    }
    for at in 0..DISC.len() {
        for flip in [0x01, 0x10, 0x80] {
            let mut bytes = DISC.as_bytes().to_vec();
            bytes[at] ^= flip;
            if let Ok(picture) = take_in(&bytes) {
                assert!(picture.pixels.width() <= 200 && picture.pixels.height() <= 200);
            }
        }
    }
    let no_size = error(b"<svg xmlns='http://www.w3.org/2000/svg' width='0' height='-3'/>");
    assert!(matches!(no_size, IntakeError::Damaged { format: "SVG", .. }), "{no_size}");
}
